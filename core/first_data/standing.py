"""Standing pages that every instance starts with, under "About": how it works, and the legal notice to complete."""

from __future__ import annotations

HOW = {
    "fr": (
        "Comment ça marche",
        """
<p>Tiwizi veut dire « le travail que l'on fait ensemble ». Ce site rassemble les projets d'un territoire et celles et ceux qui veulent y prendre part, ici ou ailleurs.</p>
<h2>Proposer</h2><p>Une idée tient en une phrase. Un agent du territoire la lit et répond sous sept jours ; ensuite elle mûrit, à plusieurs, jusqu'à devenir un projet.</p>
<h2>Donner</h2><p>Chaque collecte dit qui reçoit l'argent et pour quoi. Vous promettez un montant sans créer de compte, vous le versez par virement ou de la main à la main, et le registre public montre ce qui est promis, reçu et dépensé.</p>
<h2>Aider</h2><p>Une mission dit ce qui est à faire, où et combien de temps. Vous vous proposez en deux lignes ; à chaque étape on voit à qui est le tour et depuis quand.</p>
<h2>Parler</h2><p>Sous chaque projet, chaque collecte, chaque mission, une discussion est ouverte : conseils, questions, nouvelles.</p>
<h2>Et après</h2><p>Un projet va de l'idée à la maturation, à la recherche de moyens, au chantier, à la fin, puis à la capitalisation : ce que l'on a appris, raconté pour les autres.</p>
<h2>D'un site à l'autre</h2><p>Chaque territoire ou coordination tient son propre site. Ils se suivent et partagent leurs projets : ce que vous lisez ici peut venir d'ailleurs, c'est alors écrit.</p>
""",
    ),
    "ar": (
        "كيف يعمل الموقع",
        """
<p>تيويزي تعني العمل الذي ننجزه معا. يجمع هذا الموقع مشاريع تراب واحد ومن يريدون المشاركة فيها، من هنا أو من بعيد.</p>
<h2>اقترح</h2><p>تكفي جملة واحدة لعرض فكرة. يقرؤها أحد أعوان التراب ويجيب في سبعة أيام، ثم تنضج بمشاركة الجميع حتى تصير مشروعا.</p>
<h2>تبرع</h2><p>كل حملة تقول من يتسلم المال ولأي غرض. تتعهد بمبلغ دون إنشاء حساب، ثم تؤديه بتحويل بنكي أو نقدا، ويُظهر السجل العمومي ما وُعد به وما وصل وما صُرف.</p>
<h2>ساعد</h2><p>كل مهمة تقول ما المطلوب وأين وكم من الوقت. تعرض نفسك في سطرين، وفي كل خطوة يظهر دور من الآن ومنذ متى.</p>
<h2>شارك في النقاش</h2><p>تحت كل مشروع وكل حملة وكل مهمة نقاش مفتوح: نصائح وأسئلة وأخبار.</p>
<h2>وبعد ذلك</h2><p>ينتقل المشروع من الفكرة إلى النضج، ثم البحث عن الموارد، فالإنجاز، فالنهاية، ثم رسملة التجربة: ما تعلمناه، مرويا للآخرين.</p>
<h2>من موقع إلى آخر</h2><p>لكل تراب أو تنسيقية موقعها. تتابع المواقع بعضها وتتقاسم مشاريعها: قد يأتي ما تقرؤه هنا من مكان آخر، ويُكتب ذلك حينئذ.</p>
""",
    ),
    "en": (
        "How it works",
        """
<p>Tiwizi means “work done together”. This site brings together the projects of a territory and those who want to take part in them, from here or from elsewhere.</p>
<h2>Propose</h2><p>An idea fits in one sentence. An agent of the territory reads it and answers within seven days; then it matures, together, until it is a project.</p>
<h2>Give</h2><p>Each campaign says who receives the money and for what. You pledge an amount without an account, pay by bank transfer or in cash, and the public ledger shows what is promised, received and spent.</p>
<h2>Help</h2><p>A mission says what is to be done, where and for how long. You offer yourself in two lines; at each step one sees whose turn it is and since when.</p>
<h2>Talk</h2><p>Below each project, campaign and mission a discussion is open: advice, questions, news.</p>
<h2>And then</h2><p>A project goes from idea to maturation, to looking for resources, to being under way, to done, and then to lessons learnt: what it taught, told to others.</p>
<h2>From one site to another</h2><p>Each territory or coordination keeps its own site. They follow each other and share their projects: what you read here may come from elsewhere, and then it says so.</p>
""",
    ),
}
LEGAL = {
    "fr": (
        "Mentions légales et données",
        """
<p>Ce site est tenu par l'organisation nommée en pied de page ; elle répond de ce qu'elle publie et modère ce que les autres y écrivent. Les coordonnées de l'éditeur et de l'hébergeur sont à compléter par elle avant l'ouverture au public.</p>
<h2>Vos données</h2><p>Lire ne demande ni compte ni cookie. Quand vous agissez, nous gardons votre adresse e-mail, votre nom d'usage et ce que vous avez fait. Votre adresse n'est jamais montrée. Depuis « Mon compte » vous pouvez télécharger vos données et effacer votre compte. Les écritures du registre public et du journal restent, sans votre nom.</p>
<h2>Partage entre sites</h2><p>Ce qui est publié ici peut être repris par d'autres sites du réseau, avec un lien vers celui-ci ; une modification ou un retrait leur est transmis.</p>
<h2>Signaler</h2><p>Chaque page porte un lien « Signaler ». Les animateurs répondent sous sept jours.</p>
""",
    ),
    "ar": (
        "إشعار قانوني ومعطيات شخصية",
        """
<p>تدير هذا الموقع المنظمة المذكورة أسفل الصفحة؛ وهي مسؤولة عما تنشره وتشرف على ما يكتبه الآخرون. وعليها إتمام بيانات الناشر والمستضيف قبل فتحه للعموم.</p>
<h2>معطياتك</h2><p>لا تتطلب القراءة حسابا ولا ملفات تعريف. وعندما تشارك نحتفظ بعنوان بريدك وباسمك المعروض وبما قمت به. لا يُعرض عنوانك أبدا. ومن «حسابي» يمكنك تنزيل معطياتك ومحو حسابك. وتبقى قيود السجل العمومي واليومية دون اسمك.</p>
<h2>التقاسم بين المواقع</h2><p>يمكن لمواقع أخرى في الشبكة أن تعيد نشر ما يُنشر هنا مع رابط إلى هذا الموقع، ويُبلَّغ إليها كل تعديل أو سحب.</p>
<h2>التبليغ</h2><p>تحمل كل صفحة رابط «بلّغ». ويجيب المنشطون في سبعة أيام.</p>
""",
    ),
    "en": (
        "Legal notice and data",
        """
<p>This site is run by the organisation named at the foot of the page; it answers for what it publishes and moderates what others write. The publisher's and host's details are to be completed by it before opening to the public.</p>
<h2>Your data</h2><p>Reading asks for no account and no cookie. When you act, we keep your e-mail address, the name you chose and what you did. Your address is never shown. From “My account” you can download your data and erase your account. Entries of the public ledger and journal stay, without your name.</p>
<h2>Sharing between sites</h2><p>What is published here can be shown by other sites of the network, with a link to this one; a change or withdrawal is passed on to them.</p>
<h2>Reporting</h2><p>Each page carries a “Report” link. The animators answer within seven days.</p>
""",
    ),
}
PAGES = {"how-it-works": HOW, "legal": LEGAL}
