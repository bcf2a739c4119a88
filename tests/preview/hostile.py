"""Markup that must do nothing in the preview's frame."""

# {evil} is another host, {own} the preview's own address, SCRIPT what would tell that a script ran.
SCRIPT = "parent.postMessage('hostile','*');document.title='hostile'"

MARKUP = {
    "script": f"<script>{SCRIPT}</script><script src='{{evil}}/a.js'></script>",
    "nonce": f"<script nonce='' data-newsletter='frame'>{SCRIPT}</script>",
    "module": "<script type=module>import '{evil}/a.js'</script>",
    "speculation": '<script type=speculationrules>{{"prefetch":[{{"urls":["{evil}/p"]}}]}}</script>',
    "onerror": f'<img src=x onerror="{SCRIPT}"><img src="data:image/png;base64,AA" onerror="{SCRIPT}">',
    "onload": f'<body onload="{SCRIPT}"><svg onload="{SCRIPT}"></svg>'
    f'<details open ontoggle="{SCRIPT}">x</details>',
    "focus": f'<input autofocus onfocus="{SCRIPT}">'
    f'<p onanimationstart="{SCRIPT}" style="animation:a 1s">x</p>',
    "link": f'<a id=hostile href="javascript:{SCRIPT}">x</a>',
    "svg": f'<svg><script>{SCRIPT}</script><a xlink:href="javascript:{SCRIPT}"><text y=9>x</text></a>'
    f'<animate attributeName=x dur=1s onbegin="{SCRIPT}" /><use href="{{evil}}/a.svg#a"/>'
    '<image href="{evil}/b.png"/><foreignObject><iframe src="{evil}/c"></iframe></foreignObject></svg>',
    "frame": f'<iframe src="{{evil}}/f"></iframe><iframe srcdoc="<script>{SCRIPT}</script>'
    '<meta http-equiv=refresh content=0;url={evil}/n><img src={evil}/s.png>"></iframe>'
    '<iframe src="javascript:1"></iframe><iframe src="{own}/page"></iframe>',
    "object": '<object data="{evil}/o"></object><embed src="{evil}/e"><applet code="{evil}/a"></applet>',
    "form": '<form action="{evil}/f" method=post><input name=a><button id=hostile>x</button></form>',
    "style": "<style>@import '{evil}/i.css';@import url({evil}/j.css);"
    "@font-face{{font-family:f;src:url({evil}/f.woff)}}p{{font-family:f;background:url({evil}/b.png)}}"
    "li::before{{content:url({evil}/c.png)}}body{{cursor:url({evil}/d.cur),auto}}</style><p>x</p>"
    '<p style="background:url({evil}/e.png);list-style:url({evil}/l.png);display:list-item">x</p>',
    "sheet": '<link rel=stylesheet href="{evil}/a.css"><link rel=icon href="{evil}/i.png">'
    '<link rel=prefetch href="{evil}/p"><link rel=preload as=image href="{evil}/q.png">'
    '<link rel=modulepreload href="{evil}/m.js"><link rel=manifest href="{evil}/n">',
    "connect": '<link rel=preconnect href="{evil}"><link rel=dns-prefetch href="{evil}">',
    "image": '<img src="{evil}/a.png"><img srcset="{evil}/b.png 2x"><table background="{evil}/c.png">'
    '<tr><td>x</table><picture><source srcset="{evil}/d.png"><img></picture>'
    '<input type=image src="{evil}/e.png">',
    "media": '<video autoplay src="{evil}/v" poster="{evil}/p.png"></video>'
    '<audio autoplay src="{evil}/a"></audio>'
    '<video><track default src="{evil}/t.vtt"></video>',
    "base": '<base href="{evil}/" target=_top><img src="b.png"><a href="x">x</a>',
    "refresh": '<meta http-equiv="refresh" content="0;url={evil}/r">',
    "refresh-own": '<meta http-equiv="refresh" content="0;url={own}/page">',
    "refresh-encoded": '<META HTTP-EQUIV = "&#114;efresh" CONTENT="0;url={evil}/r">',
    "refresh-data": f'<meta http-equiv=refresh content="0;url=data:text/html,<script>{SCRIPT}</script>">',
    "cookie": '<meta http-equiv="set-cookie" content="a=b">',
    "policy": '<meta http-equiv="content-security-policy" content="script-src *">',
    "open-script": '<script src="{evil}/s.js" a="',
    "open-script-bare": "<script src={evil}/s.js ",
    "open-comment": "<!-- ",
    "open-style": "<style>",
    "open-text": "<textarea>",
    "open-quote": '<img src="{evil}/?',
    "plaintext": "<plaintext>",
}
