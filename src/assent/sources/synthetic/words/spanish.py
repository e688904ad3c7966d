# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""Spanish phrases and templates, for members in the Spanish-speaking regions."""

from __future__ import annotations

TRADES = """
teacher
title: profesora de ciencias | maestro de primaria | jefa de estudios
site: en el aula | en la sala de profesores
task: explicar las fracciones por novena vez | corregir en domingo | hacer hablar a los tímidos
snag: un horario lleno de huecos | una clase muda | un proyector sin cable
win: recuperado la feria de ciencias | abierto un desayuno en el colegio | conseguido que todos expusieran una vez
tip: esperar cinco segundos después de preguntar | aprenderse los nombres la primera semana
folk: las familias | los alumnos

doctor
title: médica de familia | pediatra | residente de urgencias
site: en la consulta | de guardia
task: escuchar más de lo que permite la agenda | escribir informes que se entiendan | decir que aún no lo sé
snag: un volante en el buzón equivocado | una prueba pedida tres veces | una lista de espera que no bajaba
win: quitado dos semanas a la espera | dejado de pedir una prueba inútil | abierto una hora de teléfono que funciona
tip: dejar que la gente termine la primera frase | llamar antes a la farmacia
folk: los pacientes | los vecinos

plumber
title: fontanera | técnico de calefacción | instalador de gas
site: de guardia | en la obra
task: buscar una fuga de oído | equilibrar radiadores | explicar que la caldera ya no tiene arreglo
snag: una llave de paso pintada | una bomba montada al revés | una rosca de otro siglo
win: mantenido caliente la residencia toda la semana | reducido las averías repetidas a la mitad | acabado la calle entera
tip: encontrar la llave antes de empezar | dejarlo todo más limpio que antes
folk: los clientes | los inquilinos

marketer
title: responsable de contenidos | directora de marca | gestor de comunidad
site: en la revisión de campaña | en la feria
task: escribir una frase once veces | contestar cada comentario a mano | hablar con un cliente de verdad
snag: un enlace que no llevaba a nada | un anuncio en otro idioma | un envío a toda la lista
win: duplicado las respuestas escribiendo menos | dejado de pagar clics falsos | hecho crecer el boletín con gente que lo lee
tip: borrar el primer párrafo | contárselo antes a una vecina
folk: los lectores | los clientes
"""

TEXT = r"""
[post.open]
{When} hemos {win}. Todavía sonrío.
Pequeña noticia: hemos {win}.
Después de {n} años en esto, la misma lección de siempre: {tip}.
Pregunta sincera: ¿qué hacéis cuando aparece {snag}?
Quiero dar las gracias a {who}.
Después de {n} años en {firm}, toca cambiar.
Buscamos a alguien para {city}: {title}. El café es bueno, lo prometo.
Nadie me avisó: {task} es la mitad del trabajo.
Otra vez {snag}. En viernes, claro.
[post.body]
No nos ayudó ninguna herramienta nueva, sino {task}.
{who} lo dijo hace un año y no hice caso.
No hubo culpables. Hubo {snag} y tres personas cansadas.
Costó menos de lo que temíamos: {n} tardes y mucho café.
Lo apunté en una tarjeta y la pegué encima de la mesa.
El sueldo está en el anuncio. Media jornada también vale.
Parece obvio. Probadlo al final de un turno doble.
[post.close]
¿Cómo lo hacéis vosotros?
Buen fin de semana.
Mañana a las siete, más.
Os leo.
[comment]
{who}, exactamente. A nosotros nos pasó con {snag}.
¡Enhorabuena, {who}! Muy merecido.
No lo veo. ¿Y quién lo paga?
Gracias, {who}, lo he mandado a todo el equipo.
En {firm} duró un mes.
{who}, ¿puedes compartir la lista?
[repost.remark]
{who} lo dice mejor que yo.
Para leer hasta el final.
[endorsement]
Para {skill}, siempre {who}.
[recommendation]
Trabajé {n} años con {who} en {firm}. Ve venir los problemas y los arregla sin discursos. Repetiría mañana mismo.
[profile.summary]
{title} en {city}. Me gusta {task}; me sobra {snag}.
[group.message]
Hola a todos, ¿quién viene {day}? {who} ha reservado.
¡Gracias por los documentos, {who}!
[message.private]
{who}, entre nosotros: tengo una oferta de {other_firm}. En {firm} no digas nada todavía.
¿Nos vemos {day}?
"""
