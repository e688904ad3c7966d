# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""English templates for what people write to and about each other."""

from __future__ import annotations

TALK = r"""
[comment]
{who} exactly this. We had {snag} too, and it took {span} to notice.
Congratulations, {who}! Well deserved.
{who}, how long did it take until {folk} noticed?
I am not so sure, {who}. {Task} is where we always come unstuck.
Thank you for writing this down, {who}. I have sent it to my whole team.
Same here in {city}. {Tip}, as {who} always says.
Love it. And {tip}!
We tried that at {firm}. Worked for a month, then {snag} came back.
Respectfully, no. {tool_cap} is not the issue; nobody has time for {task}.
Following, I would like to know this as well.
{who} could you share the list? Happy to swap it for ours.
This made my {day}.
@{who} see above, this is what I meant in the meeting
Could not agree more 👏
As {a_title} I would add one thing: {tip}.
Twenty years ago {who} said the same and everybody laughed.
I would be careful with the {pct}. Is that before or after you changed {tool}?
Good point about {task}. I had never looked at it like that.
Ha, {snag}. Every. Single. Time.
Welcome to the club, {who} 😄
What a lovely story. {who} taught me {skill} and I have never forgotten it.
Hm. And who pays for it?
We should talk, {who}. I have been {task} for {n} years and I have opinions.
Sorry to hear that, {who}. If there is anything I can do, write to me.
+1. {Tip}.
I read this twice. The second time on paper.
{who} and I had this exact conversation by the coffee machine last week.
Not my field, but we have the same thing in {field}: it is always {snag}.
[tail]
Greetings from {city}.
Have a good {day}, all of you.
See you in {month}?
Sorry for the long answer.
Written on the train, forgive the typos.
My two cents after {n} years of {field}.
At {firm} we say: {tip}.
Same story with {tool}, by the way.
Ask me again in {month}.
{Folk} would sign this at once.
It reminds me of {snag} we had in {city}.
No offence meant.
I have to get back to {task}, so more another time.
I owe you a coffee.
Took us {span}, for what it is worth.
[endorsement.tail]
We met at {other_firm}.
{n_cap} years, not one missed deadline.
Also very good at {skill2}, and modest about it.
The person who taught half of {firm}.
Known for {task}, and rightly.
Worked together on {field} in {city}.
[poll]
What slows you down most {site}?\n○ {snag_cap}\n○ {snag2_cap}\n○ Meetings\n○ Nothing, I am fine
How do you learn {skill} best?\n○ From a colleague\n○ From a course\n○ By breaking things\n○ I do not
Quick poll for everyone in {field}: how often do you end up {task}?\n○ Daily\n○ Weekly\n○ Only in theory
Would you trade {tool} for another pair of hands?\n○ Yes\n○ No\n○ Ask me in {month}
Which would you rather never see again?\n○ {snag_cap}\n○ {snag2_cap}
[poll.response]
Voted: {snag_cap}
Voted: By breaking things
Voted: From a colleague. {who} has more patience than any course.
Voted: Weekly, but it feels like daily
Voted: Meetings. Sorry, {who}.
Voted: Yes, any day
Voted: Nothing, I am fine (I am not)
Voted: No. I have grown fond of it.
[repost.remark]
This. {who} puts it better than I could.
Worth five minutes of your day.
I disagree with the second half, but the first half is gold.
Sharing because {task} is exactly what we talked about at {firm} last week.
Old, but still true.
My team knows this one by heart.
{who} 👏
For everyone in {field}.
Read to the end.
saving this for {day}
From {who}, who knows what they are talking about when it comes to {skill}.
[endorsement]
{who} is one of the best people I know for {skill}.
I endorse {who} for {skill}. We worked side by side for {n} years at {firm}.
{skill_cap}: ask {who}. I always did.
When it comes to {skill}, {who} is the person I would ring at night, and I have.
Endorsing {who} for {skill} and for never losing their temper.
{who} taught me most of what I know about {skill}.
For {skill} and a clear head under pressure: {who}.
[recommendation]
I had the luck to work with {who} for {n} years at {firm}. {who} is the kind of {title} who sees {snag} before it happens and fixes it without a speech. What I remember most is {task}, done with care, also when nobody was looking. I would hire {who} again tomorrow.
{who} reported to me from {year} on. I have rarely seen someone learn {skill} so fast. {who} is direct, fair and reliable, and {folk} asked for {who} by name.
As a client I do not often write these. {who} explained every step, told us the bad news first, and we {win}. Highly recommended to anyone who values {skill}.
I shared an office with {who}, which is a harder test than any project. Calm, funny, prepared. When we had {snag}, {who} stayed until it was sorted and then brought cake.
If you are thinking about working with {who}: do. Strong in {skill}, honest about what is not possible, and generous with what they know. My only regret is that we did not start earlier.
{who} was my mentor when I came to {firm} straight from {school}. The sentence I still carry around: {tip}. I have passed it on to {n} trainees since.
[job.application]
Dear {who},\nI am writing about the position of {title} at {other_firm}. For the past {n} years I have been {a_title} at {firm}, where I spend most of my days {task}. Last year we {win}, and I would like to bring that to your team. I hold a degree in {study} and am at home with {skill} and {skill2}. I could start in {month}.\nKind regards\n{me}
Dear {who},\nyour advertisement made me smile, because it says what the work really is. I know {snag} from both sides. {firm} taught me {skill}; {folk} taught me patience. I would be glad to tell you more in person.\nYours sincerely\n{me}
Hello {who},\nwe met briefly in {city}. You said I should apply, so here I am. Short version: {title}, {n} years, {skill}, {skill2}, not afraid of {task}. Long version in the CV.\nBest wishes\n{me}
Dear {who},\nI am changing fields. What I bring from {field}: {skill}, a steady hand, and the habit to {tip}. What I do not bring: experience with your systems. I learn fast and I ask early.\nSincerely\n{me}
[recruiter.interaction]
Hi {who}, I came across your profile while looking for {a_title} in {city}. {firm} is growing and your background in {skill} fits well. Would a short call on {day} suit you?
Thanks for the talk today, {who}. As discussed I will pass your papers on to the team at {other_firm}; you should hear from us within {span}.
{who}, I am sorry that I have no better news. The team went with somebody who has more {skill}. You were a close second and I would like to stay in touch.
Interview notes: {who}, {title}, {n} years of {field}. Strong on {skill}. Told a good story about {snag}. Would like part time. Invite for a second round.
Dear {who}, quick one: are you open to {title} roles outside {city}? The client would pay for the move.
Call with {who}: wants to leave because of {snag}, not because of money. Notice period until {month}. Follow up after the holidays.
[group.activity]
Joined the group {group}
{who} invited me to {group}, hello everybody!
New in {group}: I am {a_title} in {city} and hope to learn about {skill}.
Started a discussion in {group}: how do you handle {snag}?
Shared a checklist for {task} in {group}
Marked the {group} meet-up in {city} as "going"
[group.message]
Hi all, who is coming on {day}? {who} has booked the back room.
Has anyone here dealt with {snag}? I would rather ask in here than in public.
Minutes from last time are up. {who}, you offered to look into {task}.
Please keep this in the group: at {firm} they want to change the rota again.
Welcome {who}! Tell us a bit about yourself when you have a minute.
I will be late, start without me.
{who} thanks for the files, they helped a lot
Can we move it to {day}? Half of {city} is in the same meeting.
+1 from me. {Tip}.
Reminder: contributions for {month} are due, {who} collects them.
[group.sensitive]
We now have enough signatures at {firm} for a works council vote. {who} has the list, please do not forward this.
My therapist says I should take the full {span}. Has anyone here told their manager?
First week back after chemo. {who}, thank you for the lift.
The branch meets on {day} after the shift. We vote on the offer of {pct}.
I have not told anyone at {firm} about the diagnosis. It helps to write it here.
Prayer breakfast on {day} as usual, {who} brings the bread.
Canvassing in {city} on {day}, we still need people for the afternoon.
They asked {who} in the interview whether she was planning children. What can we do?
[message.private]
Hey {who}, between us: I have an offer from {other_firm}. Do not say anything at {firm} yet.
Are you still up for lunch on {day}?
{who}, can I call you tonight? It is about {snag}, and I do not want it in writing.
thanks!! you saved me today
I think they are going to close the {city} office. {who} saw the plan.
Happy birthday {who}! 🎂 See you on {day}.
Honestly I am exhausted. {n_cap} weeks of {task}, and not one thank you.
Could you put in a word for my sister? She has just finished {study}.
No worries, next time. Give my love to the kids.
I did not sleep. If the results are bad I will have to tell {firm}.
"""

PROFILE = r"""
[profile.name]
{me}
[profile.photo]
Portrait photo of {me}
Photo: {me} {site}
{me} at the {field} days in {city}
[profile.position]
{Title} at {firm}, {city} ({year} to today)
{Title}, {firm}. {Task}, {task2}, and whatever else turns up.
{Title} at {other_firm}, {year} to {year2}. In that time we {win}.
{firm}, {city}: {title} with responsibility for {n} people
{Title} (part time), {firm}
[profile.education]
{study}, {school}, {year}
{school}, degree in {study}. Final project on {task}.
Evening classes in {study} at {school}, {year} to {year2}
Apprenticeship at {firm}, then {study} at {school}
[profile.skill]
{Skill}
{Skill}, {skill2}
{Skill} (advanced)
{Skill}, {n} years
[profile.summary]
{Title} in {city}. I like {task}, and I dislike {snag} with a passion.
I have worked in {field} for {n} years, most of them at {firm}. People say I am good at {skill}. I say I have good people around me.
What I do: {task}. What I believe: {tip}. What I am proud of: we {win}.
Started at the bottom, stayed curious. {Title} by training, {task} by choice.
{Title} | {Skill} | {Skill2} | parent of two | slow runner
I help {folk} and try not to get in the way. Before {firm} I spent {n} years at {other_firm}. Ask me about {tool}, or better, about my garden.
Currently learning: {skill}. Currently unlearning: saying yes to everything.
Not looking for a job, but always for a good conversation about {field}.
{field_cap}. {city}. Two wheels whenever the weather allows.
[profile.publication]
{me} ({year}): On {task}. Short paper, {school}.
"What {folk} told us": a report on {field}, written with {who}, {year}
Chapter on {skill} in the handbook of {field}, {year}
[profile.patent]
Device for avoiding {snag}, filed {year} with {who}
Improved holder for {tool_bare}, granted {year}
[profile.other]
Volunteer: reading mentor, {city}, since {year}
Languages: {languages}
Course: {skill} for beginners, {year}
Award: colleague of the year, {firm}, {year}
Interests: {interest}, {interest2}, {field}
[resume]
{me}\n{city}\n\n{year} to today: {title}, {firm}. {Task}; {task2}.\nBefore that: {title}, {other_firm}.\nEducation: {study}, {school}.\nSkills: {skill}, {skill2}.\nReferences: {who}, {other_firm}.
{me}, {title}\n\nProfile: {n} years in {field}.\nHighlights: {win}.\nTraining: {study}, {school}, {year}.\nSkills: {skill}, {skill2}. Interests: {interest}.
CV {me}\n{firm} ({year} to today), {title}\n{other_firm} ({year2}), trainee\nI am strongest at {task}.
[activity.feed]
Liked a post by {who} about {task}
Followed {other_firm}
Followed the topic {field}
Commented on a post about {snag}
Saved an article on {skill}
Reacted to "{Tip}"
Viewed the page of {other_firm}
Congratulated {who} on {n} years at {other_firm}
[activity.ads]
Clicked an advertisement for a course in {skill}
Hid an advertisement for {tool_bare} from {other_firm}
Saw an advertisement by {other_firm} {n} times
Opened a sponsored message about {study} at {school}
[contact]
Phone book entry added by {me}: {who}
Address book: {n} contacts imported, among them {who}
[salary]
Reported pay: {amount} a year as {title} in {city}
Pay submitted for comparison: {amount}, {title}, {n} years in {field}
[credential]
Sign-in key added on a phone in {city}, {month} {year2}
Recovery code set viewed, {n} left
[payment]
Card ending in {digits} charged {amount_small} for a premium month
Invoice paid: {amount_small}, job advertisement for {title}, {city}
"""
