# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""French phrases and templates, for members in the French-speaking regions."""

from __future__ import annotations

TRADES = """
nurse
title: infirmière | infirmier de nuit | cadre de santé
site: dans le service | de nuit
task: écouter au pied du lit | transmettre sans rien oublier | former les nouvelles
snag: une pompe sans alarme | un dossier de sortie perdu | une allergie jamais notée
win: divisé les chutes par deux | ramené la relève au lit du patient | tenu un mois sans escarre
tip: regarder la personne avant l'écran | s'asseoir quand la nouvelle est mauvaise
folk: les familles | les patients

teacher
title: professeure de mathématiques | institutrice | principal adjoint
site: en classe | en salle des profs
task: expliquer les fractions | corriger le dimanche | faire parler les timides
snag: un emploi du temps troué | une classe muette | un projecteur en panne
win: relancé la fête de la science | fait passer chaque élève au tableau | ouvert un petit-déjeuner à l'école
tip: attendre cinq secondes après une question | apprendre les prénoms dès la première semaine
folk: les élèves | les parents

software engineer
title: développeuse | ingénieur plateforme | responsable technique
site: en astreinte | en revue de code
task: supprimer du vieux code | lire des journaux à deux heures du matin | nommer les choses
snag: un certificat expiré | un fuseau horaire dans la mauvaise colonne | un cache trop bavard
win: ramené la compilation à six minutes | remplacé trois services par une table | éteint le dernier script de nuit
tip: lire le message d'erreur jusqu'au bout | préparer le retour arrière d'abord
folk: les utilisateurs | les collègues du support

chef
title: cheffe de cuisine | pâtissier | responsable de cantine
site: en cuisine | pendant le service
task: composer la carte selon l'arrivage | goûter encore une fois | compter le stock après minuit
snag: une livraison sans poisson | une table de douze devenue dix-neuf | un lave-vaisselle en grève
win: gardé la même équipe toute l'année | remis la soupe à la carte | donné deux jours de repos de suite à chacun
tip: goûter froid aussi | nourrir d'abord le plongeur
folk: les clients | les fournisseurs

salesperson
title: responsable grands comptes | commerciale | directeur des ventes
site: sur la route | en revue d'affaires
task: poser la deuxième question | rappeler après un refus | écrire une offre d'une page
snag: un devis aux prix de l'an dernier | une remise promise par un autre | une démo sans réseau
win: regagné un client perdu | bouclé le trimestre sans remise | transformé une plainte en référence
tip: demander, puis se taire | annoncer d'abord la mauvaise nouvelle
folk: les clients | les acheteurs
"""

TEXT = r"""
[post.open]
{When}, nous avons {win}. J'en souris encore.
Petite nouvelle {site} : nous avons {win}.
Après {n} ans de métier, toujours la même leçon : {tip}.
Question sincère : que faites-vous quand vous tombez sur {snag} ?
Je voudrais remercier {who}.
Après {n} ans chez {firm}, il est temps de changer d'air.
Nous cherchons quelqu'un : {title}, à {city}. Les photocopieuses ne mordent pas.
Personne ne m'avait prévenu : {task}, c'est la moitié du travail.
Encore {snag}. Un vendredi, bien sûr.
[post.body]
Ce n'est pas un outil qui nous a aidés, c'est d'avoir pris le temps de {task_bare}.
{who} l'avait dit il y a un an. Je n'avais pas écouté.
Il n'y a pas de coupable. Il y avait {snag}, et trois personnes fatiguées.
Cela a coûté moins cher que prévu : {n} après-midi et beaucoup de café.
J'ai noté la phrase sur un carton, au-dessus de mon bureau.
Le salaire est dans l'annonce. Le temps partiel aussi.
Cela paraît évident. Essayez donc à la fin d'une double journée.
[post.close]
Et chez vous ?
Bon week-end à tous.
On reprend demain à sept heures.
Vos avis m'intéressent.
[comment]
{who}, c'est exactement ça. Chez nous, c'était {snag}.
Bravo {who}, c'est mérité !
Pas d'accord. Il faut d'abord {tip}.
Merci {who}, je l'ai envoyé à toute l'équipe.
Et qui paie ?
Chez {firm}, cela a tenu un mois.
{who} tu pourrais partager la liste ?
[repost.remark]
{who} le dit mieux que moi.
À lire jusqu'au bout.
Toujours d'actualité.
[endorsement]
Pour {skill}, je recommande {who} sans hésiter.
{who} m'a presque tout appris en {skill}.
[recommendation]
J'ai travaillé {n} ans avec {who} chez {firm}. {who} voit les ennuis avant tout le monde et les règle sans discours. Je recommencerais demain.
{who} m'a accueillie à mon arrivée chez {firm}. Patience, humour, clarté. Sa phrase : {tip}.
[job.application]
Bonjour {who},\nje vous écris au sujet du poste de {title} chez {other_firm}. Depuis {n} ans je travaille chez {firm}, où nous avons récemment {win}. Je serais heureux de vous en parler de vive voix.\nCordialement\n{me}
[profile.summary]
{title} à {city}. J'aime {task}, je fuis {snag}.
{n_cap} ans chez {firm}. Ma conviction : {tip}. Ma fierté : nous avons {win}.
[group.message]
Bonjour à tous, qui vient {day} ? {who} a réservé la salle.
Quelqu'un a déjà eu {snag} ? Je préfère demander ici.
Merci {who} pour les documents !
[message.private]
{who}, entre nous : j'ai une offre de {other_firm}. Pas un mot chez {firm}.
On se voit toujours {day} ?
Merci mille fois, tu me sauves.
"""
