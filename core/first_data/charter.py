"""The first version of the charter: four shared values, in plain words. A site adds versions, never rewrites one."""

from __future__ import annotations

VERSION = 1
FRENCH = """
<p>Ici, des communes, des associations et des personnes font avancer ensemble des projets pour leur territoire. Qui agit ici accepte quatre valeurs.</p>
<h2>Solidarité</h2>
<p>On aide parce qu'on le veut. Chaque contribution compte, petite ou grande : de l'argent, du temps, un savoir, un objet, un conseil. Personne n'est pressé de donner, et l'entraide va dans les deux sens.</p>
<h2>Transparence</h2>
<p>On dit ce qui est promis, ce qui est reçu, ce qui est dépensé et ce que cela a donné. On raconte aussi ce qui n'a pas marché : c'est ainsi que les autres apprennent.</p>
<h2>Égalité</h2>
<p>Une grande association et un petit douar parlent d'égal à égal, comme ceux d'ici et ceux d'ailleurs, les femmes et les hommes, les jeunes et les anciens. Le projet appartient aux habitants ; rien ne se décide sans eux.</p>
<h2>Neutralité</h2>
<p>Ce lieu ne sert aucun parti, aucune campagne électorale, aucune cause religieuse, aucun commerce privé. On y respecte chacun, la loi et la vie privée des autres.</p>
<h2>Ce que cela engage</h2>
<ul><li>Écrire ce qui est vrai, et le corriger quand on s'est trompé.</li><li>Répondre à qui propose son aide, même pour dire non.</li><li>Ne publier ni photo ni nom de quelqu'un sans son accord.</li><li>Accepter que les animateurs retirent ce qui manque à cette charte ; ils disent pourquoi, et on peut leur répondre.</li></ul>
"""
ARABIC = """
<p>هنا تعمل جماعات وجمعيات وأشخاص معا على مشاريع تنفع ترابهم. ومن يشارك يقبل أربع قيم.</p>
<h2>التضامن</h2>
<p>نساعد لأننا نريد ذلك. كل مساهمة لها قيمتها، صغيرة كانت أو كبيرة: مال أو وقت أو معرفة أو غرض أو نصيحة. لا أحد يُستعجل ليعطي، والعون يسير في الاتجاهين.</p>
<h2>الشفافية</h2>
<p>نقول ما وُعد به وما وصل وما صُرف وما نتج عنه. ونحكي أيضا ما لم ينجح، فهكذا يتعلم الآخرون.</p>
<h2>المساواة</h2>
<p>الجمعية الكبيرة والدوار الصغير يتحدثان ندا لند، وكذلك أهل البلد ومن هم في الخارج، والنساء والرجال، والشباب والكبار. المشروع ملك لسكانه، ولا يُقرَّر شيء من دونهم.</p>
<h2>الحياد</h2>
<p>هذا المكان لا يخدم حزبا ولا حملة انتخابية ولا دعوة دينية ولا تجارة خاصة. وفيه يُحترم كل إنسان، ويُحترم القانون والحياة الخاصة للآخرين.</p>
<h2>بماذا نلتزم</h2>
<ul><li>أن نكتب ما هو صحيح، وأن نصححه إذا أخطأنا.</li><li>أن نجيب من يعرض مساعدته، ولو بالاعتذار.</li><li>ألا ننشر صورة أحد أو اسمه دون موافقته.</li><li>أن نقبل أن يسحب المنشطون ما يخالف هذا الميثاق، وهم يذكرون السبب، ويمكن الرد عليهم.</li></ul>
"""
ENGLISH = """
<p>Here, communes, associations and people move projects for their territory forward together. Whoever acts here accepts four values.</p>
<h2>Solidarity</h2>
<p>We help because we want to. Every contribution counts, small or large: money, time, know-how, a thing, a piece of advice. Nobody is pressed to give, and help goes both ways.</p>
<h2>Transparency</h2>
<p>We say what is promised, what is received, what is spent and what came of it. We also tell what did not work: that is how others learn.</p>
<h2>Equal footing</h2>
<p>A large association and a small douar speak as equals, and so do those who live here and those who live elsewhere, women and men, the young and the old. The project belongs to the inhabitants; nothing is decided without them.</p>
<h2>Neutrality</h2>
<p>This place serves no party, no election campaign, no religious cause, no private trade. Everyone, the law and other people's privacy are respected.</p>
<h2>What it commits us to</h2>
<ul><li>To write what is true, and to correct it when we were wrong.</li><li>To answer whoever offers help, even to say no.</li><li>To publish no photo and no name of anyone without their consent.</li><li>To accept that the animators take from view what breaks this charter; they say why, and can be answered.</li></ul>
"""
TEXTS = {"fr": FRENCH, "ar": ARABIC, "en": ENGLISH}
