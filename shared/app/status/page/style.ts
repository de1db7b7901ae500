// The look of the page. Colours are named once for each theme. All pairs of text and ground have a contrast of 4.5 or
// more.
export const style = `
:root{color-scheme:light dark;--ground:#f6f8f7;--card:#fff;--text:#16231f;--quiet:#54645e;--line:#dde5e1;--accent:#00684a;
--bar:#0b9d6b;--good:#00603f;--good-ground:#dcf3e7;--bad:#a1121c;--bad-ground:#fde6e6;--warn:#8a4b00;--warn-ground:#fdf0dc;--plain-ground:#e9efec}
@media (prefers-color-scheme:dark){:root{--ground:#0e1614;--card:#16211e;--text:#e6efeb;--quiet:#a0b2ab;--line:#2a3a35;
--accent:#5fdca8;--bar:#2fc48a;--good:#7fe6ba;--good-ground:#12372a;--bad:#ff9a9a;--bad-ground:#431a1d;--warn:#ffc078;--warn-ground:#3d2c12;
--plain-ground:#24312d}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem clamp(1rem,4vw,3rem) 3rem;max-width:84rem;background:var(--ground);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:1.6rem;letter-spacing:-.01em}
h2{margin:0 0 .75rem;font-size:1.15rem}
h3 .note{margin-left:.5rem;font-weight:400}
h3{margin:1.25rem 0 .5rem;font-size:.9rem;font-weight:600;color:var(--quiet)}
section{margin-top:1.25rem;padding:1.25rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
section[hidden]{display:none}
.place{margin:.15rem 0 .75rem;color:var(--quiet);overflow-wrap:anywhere}
.note,.empty,.place{font-size:.9rem}
.note,.empty{margin:.5rem 0;color:var(--quiet)}
.badges{display:flex;flex-wrap:wrap;gap:.5rem;margin:0}
.badge,.outcome{display:inline-block;padding:.1rem .65rem;border-radius:1rem;font-size:.85rem;font-weight:600;
background:var(--plain-ground);color:var(--text)}
.badge.good,.outcome.stored{background:var(--good-ground);color:var(--good)}
.badge.bad,.outcome.failed,.outcome.refused{background:var(--bad-ground);color:var(--bad)}
.outcome{white-space:nowrap}
header{position:relative}
.when{position:absolute;top:.4rem;right:0;margin:0;font-size:.9rem;color:var(--quiet)}
.scroll{max-height:24rem;overflow-y:auto}
.scroll thead th{position:sticky;top:0;background:var(--card)}
.problems{margin:0;padding:0;list-style:none}
.problems li{padding:.6rem .9rem;border-left:.25rem solid var(--bad);background:var(--bad-ground);color:var(--text)}
.problems .warning{border-color:var(--warn);background:var(--warn-ground)}
.problems li+li{margin-top:.5rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1rem;margin:0}
.tiles div{min-width:0}
.tiles dt{color:var(--quiet);font-size:.85rem}
.tiles dd{margin:0;font-size:1.5rem;font-weight:650;letter-spacing:-.01em;white-space:nowrap}
.tiles.small dd{font-size:1.15rem}
.chart svg{display:block;width:100%;height:7.5rem;border-bottom:1px solid var(--line)}
.chart .axis{display:flex;justify-content:space-between;margin:.3rem 0 0;color:var(--quiet);font-size:.8rem}
.bar{fill:var(--bar)}
.ground{fill:transparent}
g:hover .ground{fill:var(--plain-ground)}
.spark{display:block;width:7.5rem;height:1.75rem}
.spark .base{stroke:var(--line)}
table{width:100%;border-collapse:collapse;font-size:.92rem}
th,td{padding:.5rem .6rem;text-align:right;border-bottom:1px solid var(--line);vertical-align:middle}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--quiet);font-size:.8rem;font-weight:600;white-space:nowrap}
th:first-child,th:nth-child(2),.picture,.arrivals th,.arrivals td{text-align:left}
tbody th{font-weight:600;overflow-wrap:anywhere}
td{white-space:nowrap}
td.wide{white-space:normal}
.warn{color:var(--warn)}
.quiet{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button{font:inherit;color:inherit;cursor:pointer}
#sample,dialog button{padding:.5rem 1.1rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--card);font-weight:600}
#sample[disabled]{opacity:.6;cursor:progress}
#tools{padding:0;border:0;background:none}
#tools p{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;margin:0}
#played:not(:empty){margin-top:.75rem}
.path{padding:0;border:0;background:none;color:var(--accent);text-align:left;text-decoration:underline;
text-underline-offset:.2em;overflow-wrap:anywhere;font:.8rem/1.4 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
.filter{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;margin:0 0 .75rem;font-size:.9rem}
input{padding:.4rem .6rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--card);color:inherit;font:inherit}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;padding:.4rem .8rem;background:var(--card);color:var(--accent)}
dialog{width:min(60rem,94vw);max-height:86vh;padding:1.25rem;border:1px solid var(--line);border-radius:.75rem;
background:var(--card);color:var(--text)}
dialog::backdrop{background:rgb(0 0 0/.5)}
dialog form{display:flex;justify-content:space-between;gap:1rem;align-items:start}
dialog h2{overflow-wrap:anywhere;font-size:.95rem}
pre{margin:.75rem 0 0;overflow:auto;max-height:64vh;font:.85rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
@media (max-width:56rem){
.when{position:static;margin:.5rem 0 0}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody{display:block}
tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(5.5rem,1fr));gap:.35rem .9rem;padding:.8rem 0;border-bottom:1px solid var(--line)}
tbody tr:last-child{border-bottom:0}
tr[hidden]{display:none}
th,td,th:first-child{display:block;padding:0;border:0;text-align:left}
tbody th,td.picture,td.wide,td.name{grid-column:1/-1}
.scroll{max-height:30rem}
td[data-head]::before{content:attr(data-head);display:block;color:var(--quiet);font-size:.75rem}
.spark{width:100%;height:2rem}
}
@media (prefers-reduced-motion:no-preference){.bar{transition:fill .2s}}
`;
