# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""English templates for posts and articles, by mood and place in the text."""

from __future__ import annotations

POSTS = """
[win.open]
{When} we {win}. I am still smiling.
Small news, {site} at least: we {win}.
It took {span}, two arguments and a lot of tea, but we {win}.
We {win}. I would not have bet on it in {month}.
Nobody claps for this sort of thing, so I will: we {win}.
If you had told me last year that we {win}, I would have laughed.
Quiet pride today. {firm} is not a big place, and still we {win}.
Finally! We {win} 🎉
For the record, and for my mum: we {win}.
Not a launch, not an award. We {win}, and it makes every ordinary day a little easier.
ok this is a small one but we {win} and I had to tell someone
[win.body]
What helped was not {tool}. It was {task}, every single day.
The hardest part was {task}. The second hardest was admitting that we had {snag}.
{who} said in {month} that it would work if we stopped fixing symptoms. Annoyingly, {who} was right.
We had tried twice before and each time {snag} stopped us.
It cost less than I feared: {n} afternoons, one broken {noun}, no consultants.
{Folk} noticed before management did.
The number everyone asks for: {pct} better than last year. The number I care about: nobody had to stay late for it.
I kept a list of what went wrong on the way. It has {n} lines and starts with {snag}.
Thank you {who}, who kept asking the question the rest of us were avoiding.
We changed exactly one thing: we started {task} before anything else.
The plan was simpler than the meetings about it.
Half of the credit goes to {folk}, who told us plainly what was not working.
[lesson.open]
{n_cap} years in {field} and I still learn the same lesson: {tip}.
Something I got wrong for a long time: {task}.
I used to think {tool} was the problem. It was not.
Yesterday I found {snag}, and it was mine.
A trainee asked me why we do it this way. I opened my mouth and had no answer.
The best advice I ever got {site} was six words or so: {tip}.
{Task} looks easy from outside. It is not, and it should not be.
Unpopular opinion in {field}: {tip}.
Nobody tells you this when you start as {a_title}: {task} is most of the job.
A short story about {snag}.
I made a mistake {when}. Nobody was hurt, but it could have gone the other way.
Things I would tell myself on day one: {tip}.
There are two kinds of {folk}: those who complain, and those who quietly go elsewhere. I learned to love the first kind.
[lesson.body]
We lost {span} to {snag}. Not because people were careless, but because everybody assumed somebody else had looked.
So now we do it differently: {tip}. It is not clever. It works.
I asked {who}, who has done this for longer than I have been alive, and got a shrug and one sentence: {tip}.
What I had not understood is that {task} is a way of listening.
It would be easy to blame {tool}. I did, for about a week.
There was no villain. There was {snag}, and a Friday, and three tired people.
My first reflex was to write a rule. The second, better one was to ask {folk}.
I wrote it on a card and taped it above my desk. The card has outlived two managers.
In training they spend a morning on it. {Site} you spend the rest of your life on it.
It sounds obvious. Try doing it at the end of a double shift.
These days I start by {task}, and only then do I touch {tool}.
You cannot buy your way out of {snag}; I have seen people try.
{who} once told me that good work is mostly putting things back where they belong.
I do not think this is special to {field}, but I only know {field}.
[question.open]
Honest question for people in {field}: how do you deal with {snag}?
Does anyone here still use {tool}, or is it just us?
Looking for advice. We keep running into {snag}, and the usual answers do not help.
How do you teach {task} to somebody new? Asking for a colleague who is me.
What is the one thing you would never do again as {a_title}?
Is it only {firm}, or has {task} become harder everywhere?
Help me settle an argument at lunch: {tip}. Yes or no?
What do you read to keep up with {field}? I have an hour on the train and no ideas.
Anyone in {city} who knows a thing or two about {skill}? I would buy the coffee.
[question.body]
We have tried the obvious things. {Task}, more of it, earlier. It helps for a week.
Context: {n} people, one budget, {tool} that is older than our apprentice.
I am not looking for a product. I am looking for somebody who has been through it.
{who} suggested to begin with {task}, which I like, but I would love a second opinion.
Our {folk} are patient, but not endlessly so.
Last time it cost us {span}. I would rather not do that again before {month}.
No wrong answers, except the brochure ones.
[thanks.open]
I want to say thank you to {who}.
Today was the last day of {who} at {firm}, and I did not manage to say this out loud.
Good colleagues are rarer than good tools. {who} is one.
A word about {who}, who would never post this about themselves.
Somebody sat down next to me on my worst day in this job. It was {who}.
Shout-out to {who} for saving my {day} 🙏
Ten minutes of {who}'s time saved me {span}.
[thanks.body]
When we had {snag}, there was no speech. There was a chair, a pen, and a plan by noon.
I learned {skill} from watching, not from a slide.
Nobody asked, nobody paid extra, it simply got done.
You always said: {tip}. I hear it every time I start {task}.
{Folk} still ask where you are.
If you get the chance to work together, take it.
I hope the new place knows how lucky it is.
[job.open]
Some news: I am starting as {a_title} at {other_firm} next month.
After {n} years at {firm} it is time for something new.
First week as {a_title} done. My head is full and my feet hurt.
I have been promoted to {title}. I would like to thank everyone who did not make a fuss about it.
It is {n} years today since I walked into {firm} with the wrong shoes.
I was made redundant {when}. So here I am, looking.
Back at work after {span} of parental leave. I had forgotten that one can finish a coffee.
I did not get the job. I am writing it here because we only ever post the other half.
[job.body]
I leave behind a good team, {tool}, and a plant that somebody please water.
What I am looking for: a place that takes {skill} seriously and goes home on time.
I started out not knowing the first thing about {field}. {who} took the time to show me.
I will miss {folk}, and the view from the kitchen. I will not miss {snag}.
The first thing they showed me was {tool}. The second was where the good biscuits are.
If you know somebody in {city} who needs {a_title}, I would be glad of a message.
I can do {skill}, I can do {skill2}, and I can explain both to people who never wanted to know.
It was time. One knows, usually a year before one says it.
[hiring.open]
We are looking for {a_title} at {firm}.
My team has a free chair. It is {site}, it squeaks, and it comes with good people.
Hiring! {Title}, {city}, start as soon as you can.
{firm} needs {a_title}, and I would like it to be someone from here.
One of us is retiring, so we need {a_title} who is not afraid of {task}.
[hiring.body]
You will spend most of your time {task}. If that makes you yawn, fair enough.
You do not need a degree in {study}; you need {skill} and some patience.
What we offer: regular hours, {tool} that works, and colleagues who say good morning.
Salary is in the ad, because why would it not be.
Part time is fine. So is a gap in the CV.
Write to me or to {who}, we both answer.
Honest part: we still have {snag}, and you would be the one to help us get rid of it.
[event.open]
Two days in {city}, {n} talks, one cold. Here is what stays with me.
I gave my first talk today. About {task}, of all things.
Back from the {field} days in {city}.
We had forty {folk} in the building {when}, and I wish we did that every month.
Panel on {field} tonight. I was the one without slides.
[event.body]
The best conversation was in the queue for the cloakroom, with {who}, about {snag}.
Everyone showed their successes. One person showed {snag}, and the room went quiet and then wrote it all down.
My takeaway fits on a beer mat: {tip}.
I had expected a sales show. I got {n} pages of notes.
Somebody asked how we manage without {tool}. By {task}, I said. Laughter. I was serious.
If you were there and we did not get to talk, come and find me.
[rant.open]
Can we please stop pretending that {task} takes five minutes.
I have now filled in the same form {n} times.
Another day, another case of {snag}.
Things I am tired of, in order: {snag}, meetings about {snag2}, and lukewarm coffee.
Dear vendors: no, {tool} does not need an assistant.
why is it always {snag}. always. on a {day}.
To the person who decided this from an office: come and spend one shift {site}.
[rant.body]
{Folk} pay for it, not the people who decide it.
It is not the money. It is that nobody asked anyone who does the work.
I like my job. I would like to be able to do it.
There. Now I feel better, and nothing has changed.
We could fix it in {span}. We will not, because it belongs to no one.
And yes, I have raised it. In writing. In {month}.
[close]
What would you have done?
That is all. Back to work.
Tell me I am not the only one.
Has anybody found a better way?
I will write again in a year and say whether it lasted.
Comments open, kindness required.
More of this, please.
If that sounds familiar, get in touch.
Thanks for reading this far.
We go on tomorrow at seven.
And now: weekend.
Curious what others think.
[tags]
#{tag}
#{tag} #learning
#{tag} #work #team
#{tag} #mondaythoughts
[short]
{Tip}. That is the whole post.
Proud of this lot. We {win}.
{Task}: still the best part of my week.
Reminder to self: {tip}.
First {day} in {span} without {snag}. Suspicious.
{n_cap} years at {firm} today.
Coffee, {tool}, {city} rain. Good morning.
Today I learned more from {folk} than from the course.
Does {tool} hate everyone, or only me?
New week, new {noun}, same {snag_bare}.
so. tired. but we {win} 💪
Nobody warned me how much I would enjoy {task}.
Anyone else {site} this weekend?
[article.title]
What {task} taught me about {field}
{snag_cap}, and what we did about it
In praise of boring work
How we {win}
Notes from {span} as {a_title}
Five things I believed about {field} and no longer do
Please stop buying tools
The case for {task}
What {folk} really want
[article.opening]
When I started as {a_title}, {field} looked like a matter of knowing things. {n_cap} years later it looks like a matter of noticing them.
This is a longer text than I usually write here. It is about {snag}, and it took me {span} to be able to write it without getting angry.
Every trade has its open secret. In {field} it is this: most of the day is {task}, and hardly anybody trains us for it.
I was asked {when} to say a few words about {field} to people who are just beginning. I threw away three drafts. What follows is the fourth.
Let me start with a number. Last year {pct} of our time went into work that existed only because of {snag}.
[article.paragraph]
It began harmlessly. There was {snag}, somebody worked around it, and the workaround became the way things are done. By {month} we had a workaround for the workaround. Nobody had decided anything, and that was exactly the trouble.
We sat down with {folk}, which we should have done first. They did not want {tool}. They wanted somebody to tell them what would happen next, and when. It is humbling how cheap that was.
There is a belief that good people make up for bad arrangements. They do, for a while. Then they leave, and you find out what they had been carrying. In our case it was {task}, every evening, unpaid and unseen.
I asked {who} how other places handle it. The answer surprised me: not better, only more openly. They keep a list on the wall. Everybody may add to it, and on {day} they cross out one line. That is the method. There is no book.
Of course it is easier to talk about {tool} than about habits. A tool has a price, a salesman and a date. A habit has none of these. Yet whenever something lasted {site}, it was a habit: {tip}.
Not everything worked. We tried to measure it and ended up measuring what was easy. We tried a new form, and people filled it in the way people do. We tried a workshop with coloured cards. I still have the cards.
What made the difference was permission. {who} said in front of everyone that it was fine to stop and ask. It cost nothing, and the next morning three people stopped and asked.
People often want to know about the cost. We spent {span} of one person, spread over a winter, and some patience. What we got back is harder to count, but {folk} come back, and the sick days are down by {pct}.
I do not want to make it sound finished. {snag_cap} turned up again only last week. The difference is that somebody saw it, said so, and was thanked for it.
The young ones ask me whether {field} will still exist when they are my age. I tell them that somebody will always have to do the part that is {task}, and that they may as well become good at it.
[article.ending]
If you take away one thing: {tip}. If you take away two, add this: ask the people who do the work.
I have no conclusion, only a habit to recommend: {tip}.
Thanks to {who} for reading an early version and striking out half of it.
Next time I will write about {task}. If you have done it well, or badly, I would like to hear from you.
That is where we are. Ask me again in a year.
"""
