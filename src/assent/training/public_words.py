"""Templates of public texts about work: what firms, schools and offices print, and nobody signs.

A slot such as `{task}` is filled from a trade's words; `{Task}` begins a sentence, `{a_title}` takes an article.
Each kind has openings, bodies of which several are drawn, and closings.
"""

from __future__ import annotations

ENGLISH = r"""
[job.open]
{Title} wanted at {other_firm}.
We are looking for {a_title} to join our team {site}.
{other_firm} is hiring: {title}, full time, from {month}.
Open position: {title}. Place of work: {site}. Start: {month}.
Are you {a_title} with {n} years of experience in {field}? Then read on.
To strengthen our team at {other_firm} we seek {a_title}, part time or full time.
Job advertisement: {title} ({field}), salary {amount} a year.
[job.body]
Your tasks include {task} and {task2}.
You will work with {folk} every day, and you will need patience.
We expect {n} years of experience, good knowledge of {skill}, and some practice in {skill2}.
You bring a degree in {study} or a similar qualification.
You know how to use {tool}, or you are willing to learn it in the first {span}.
The pay is {amount} a year, and there are {n} weeks of holiday.
You like to work in a team and you can also work alone.
A typical day starts with {task} and ends with {task2}.
It is an advantage if you have dealt with {snag} before.
We offer training in {skill}, a quiet office, and regular hours.
Languages: {languages}.
Last year our team {win}; this year we want to do better.
You report to the head of {field} and you plan your own week.
The position is limited to {span}, but it may be extended.
[job.close]
Please send your application by the end of {month}.
Applications from people who return to work are welcome.
If you have questions, call our office between nine and four on {day}.
Interviews take place on {day}s. We answer every letter.
We do not ask for photographs, and travel costs are paid.
[firm.open]
About {other_firm}.
{other_firm} has worked in {field} since {year}.
{other_firm} was founded in {year} by three people who wanted to do {field} differently.
Who we are: {other_firm}, a company in the field of {field}.
Annual report of {other_firm}, {year2}.
[firm.body]
We serve {folk} in the whole region, and we have done so for {n} generations.
Our staff know {skill} and {skill2}, and they keep learning.
In {year2} we {win}, which saved us {pct} of our costs.
What sets us apart is {task}.
Of all requests {pct} arrive by telephone, the others by letter or on the web.
We bought {tool} in {year2} and trained everybody to use it.
Our biggest difficulty in {year2} was {snag}.
We employ {n} apprentices and hope to keep them all.
The number of {folk} rose by {pct} compared with the year before.
Our customers say that they value {task}.
The budget for {field} grew to {amount}.
We work together with {school} in the area of {study}.
[firm.close]
You find us near the station, and the entrance is open from eight to six.
Visits are possible every {day} after {month}.
Our prices start at {amount_small}.
We thank all our partners for {n} good years.
[course.open]
Course: {skill} for beginners.
Introduction to {skill}, {n} evenings, from {month}.
{school} offers a course in {skill} and {skill2}.
Training programme in {field}, {year2}.
Learn {skill} in {span}.
In this unit you will learn about {task}.
[course.body]
The course is meant for people who work with {folk}.
You will practise {task} until you can do it without help.
In the first part we look at {tool}; in the second part we turn to {snag}.
No previous knowledge of {field} is needed.
The group meets every {day} from six to eight in the evening.
At the end there is a short test about {skill2}.
The fee is {amount_small}, and the material is included.
Each lesson begins with an example: {snag}. How would you react?
Please bring a pen, some paper, and your own questions.
Those who finish the course receive a certificate in {study}.
There are {n} places, and they are given in the order of registration.
The most important rule of the course is simple: {tip}.
[course.close]
Register at {school} before the end of {month}.
The next course starts in {month}.
A list of books is handed out on the first evening.
[guide.open]
How to deal with {snag}.
A short guide to {task}.
What is {skill}, and why does it matter in {field}?
Frequently asked questions about {skill}.
Ten rules for {field}.
Checklist for the first week as {a_title}.
Good practice in {field}: {task}.
[guide.body]
First, {tip}.
Second, do not rely on {tool} alone.
Most problems begin with {snag}, and most of them could be avoided.
If you notice {snag}, write it down and tell your team at once.
Many beginners believe that {skill} is difficult, but it is mostly {task}.
It takes about {span} to learn, and {n} more years to do it well.
Experienced people say: {tip}.
Studies of {field} show that {task} reduces mistakes by {pct}.
One team {win} simply by {task}.
When {folk} ask for help, listen to the end before you answer.
Do not try to do everything in one day; start with {task}, then go on with {task2}.
Keep {tool} where everybody can find it.
It is better to ask twice than to repair {snag} later.
Remember that {folk} do not know the words you use at work.
Question: what should I do about {snag}? Answer: {tip}.
Question: how long does it take to learn {skill}? Answer: usually {span}.
[guide.close]
If nothing helps, ask somebody who has seen it before.
That is all. The rest is practice.
This guide was last revised in {month} {year2}.
[trade.open]
{Title}: what the work is like.
What does {a_title} do?
Occupation: {title}. Field: {field}.
People who work as {a_title} are found {site}.
[trade.body]
The main duties are {task} and {task2}.
The work is done {site} and requires {skill}.
Anybody who works as {a_title} needs {skill}, {skill2}, and a calm voice.
Typical tools are {tool} and a notebook.
Training takes {n} years and leads to a degree in {study}.
Typical employers are {firm} and similar organisations.
Pay begins at about {amount} a year and rises with experience.
Common difficulties are {snag} and {snag2}.
The number of jobs in {field} is expected to grow by {pct} in the coming years.
The work can be tiring, because {folk} often come all at once.
Many who do this work say that they like {task} best.
Related occupations use the same skills, for example {skill2}.
[trade.close]
More information is available from schools and job centres.
Those who like {interest} often like this work as well.
[news.open]
{other_firm} moves to a new building.
{field_cap}: what changes in {month}.
News from the field of {field}.
{When} a meeting on {field} took place at {school}.
The {noun} at {other_firm} has been replaced.
Notice: our office is closed on {day}.
Minutes of the meeting on {day}.
[news.body]
About {n} people came, most of them {folk}.
The main topic was {snag}, as it had been the year before.
It was decided to begin with {task} in {month}.
A first report is expected in {span}.
The new rules for {field} apply from {month}.
Costs are estimated at {amount}, which is {pct} more than planned.
One speaker explained why {task} matters more than {tool}.
The audience asked about {skill} and about pay.
The {noun} was discussed again, without a result.
The group for {interest} meets on {day} as usual.
Everybody agreed on one thing: {tip}.
The proposal was accepted with {n} votes against {n}.
There was coffee afterwards, and the discussion went on for a long time.
[news.close]
The next meeting takes place in {month}.
Further details will follow.
The minutes are kept at the office and can be read by anybody.
"""

OTHERS = {
    "de": r"""
[notice.open]
Stellenangebot: {title}, {site}, ab sofort.
Wir suchen eine Fachkraft: {title}. Die Stelle ist unbefristet.
Was man in diesem Beruf tut: {title}.
Merkblatt für den ersten Arbeitstag.
[notice.body]
Zu den Aufgaben gehört {task}.
Am Anfang der Schicht steht {task}, am Ende oft {snag}.
Wichtig ist vor allem eines: {tip}.
Im vergangenen Jahr hat unser Team {win}.
Der Umgang mit Menschen ist Teil der Arbeit, denn es kommen {folk}.
Die Arbeit beginnt um sieben Uhr und endet um vier Uhr nachmittags.
Bewerbungen nehmen wir am {day} entgegen.
Die Ausbildung dauert drei Jahre und schließt mit einer Prüfung ab.
[notice.close]
Weitere Auskünfte gibt das Büro.
Die Reisekosten werden erstattet.
""",
    "fr": r"""
[notice.open]
Offre d'emploi : {title}, {site}.
Nous recherchons du personnel : {title}.
Fiche métier : {title}.
Conseils pour le premier jour de travail.
[notice.body]
Le travail consiste surtout à {task}.
Une règle importante : {tip}.
L'année dernière, notre équipe a {win}.
La difficulté la plus fréquente est bien connue : {snag}.
Il faut aimer le contact avec les autres, car on rencontre {folk}.
Les horaires sont réguliers, de huit heures à cinq heures.
Les candidatures sont reçues {day} au bureau.
[notice.close]
Pour toute question, adressez-vous au bureau.
Les frais de voyage sont remboursés.
""",
    "nl": r"""
[notice.open]
Vacature: {title}, {site}.
Wij zoeken nieuwe collega's: {title}.
Beroep in het kort: {title}.
Tips voor de eerste werkdag.
[notice.body]
Het werk bestaat vooral uit {task}.
Een belangrijke regel: {tip}.
Vorig jaar heeft ons team {win}.
Een bekend probleem is {snag}.
Je werkt met mensen, want er komen {folk}.
De werktijden zijn van acht tot vijf uur.
Sollicitaties worden op {day} ontvangen.
[notice.close]
Meer informatie is te krijgen op kantoor.
Reiskosten worden vergoed.
""",
    "es": r"""
[notice.open]
Oferta de empleo: {title}, {site}.
Buscamos personal: {title}.
Ficha de la profesión: {title}.
Consejos para el primer día de trabajo.
[notice.body]
El trabajo consiste sobre todo en {task}.
Una regla importante: {tip}.
El año pasado nuestro equipo ha {win}.
La dificultad más frecuente es conocida: {snag}.
Hay que tratar con personas, porque vienen {folk}.
El horario es de ocho a cinco.
Las solicitudes se reciben {day} en la oficina.
[notice.close]
Para más información, pregunte en la oficina.
Los gastos de viaje se pagan.
""",
}
