/** Light, dark by the reader's setting, and for paper. */
export const spanReportStyle = `
:root{color-scheme:light dark;--ground:#f6f7f9;--surface:#fff;--text:#1b2128;--faint:#56616d;--line:#d9dee4;--accent:#0b5a8a;--land:#e3e7ec;
--bad:#a3161d;--warn:#7a4b00;--good:#146c34;--l1:#bcd9ea;--l2:#85bbdb;--l3:#4a97c4;--l4:#1c72a6;--l5:#0b4a73}
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--surface:#1c2229;--text:#e6eaef;--faint:#a3afbb;--line:#343d47;--accent:#7cc4f2;--land:#2b333c;
--bad:#ffa4a4;--warn:#f5c97a;--good:#86dba2;--l1:#2c4b60;--l2:#35698b;--l3:#4789b3;--l4:#68aad6;--l5:#a5d8f7}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:980px;margin:0 auto;padding:24px 16px 40px}
h1{font-size:1.7rem;line-height:1.2;margin:0}
h2{font-size:1.25rem;margin:0 0 8px}
h3{font-size:1rem;margin:18px 0 4px}
p{margin:6px 0}
.faint,caption,footer{color:var(--faint);font-size:.9rem}
section{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:16px 18px;margin:16px 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:16px 0 0}
.tiles div{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.tiles dt{color:var(--faint);font-size:.9rem}
.tiles dd{margin:0;font-size:1.6rem;font-weight:700;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles .more{color:var(--faint);font-size:.85rem;font-weight:400}
.bad{color:var(--bad);font-weight:600}.warn{color:var(--warn);font-weight:600}.good{color:var(--good);font-weight:600}
ul{margin:4px 0;padding-left:20px}
table{width:100%;border-collapse:collapse;margin:12px 0 0;font-variant-numeric:tabular-nums;font-size:.95rem}
caption{text-align:left;font-weight:600;padding:0 0 2px}
th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-top:1px solid var(--line)}
th[scope=row]{font-weight:400;min-width:7.5rem}
td{min-width:4.5rem}
thead th{color:var(--faint);font-size:.85rem;font-weight:600;border:0}
.number{text-align:right;white-space:nowrap;width:6.5rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:0 28px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--faint);font-size:14px}
.grid{stroke:var(--line)}
.bar{fill:var(--accent)}
.map{max-width:920px;margin:12px auto 0}
.map path{stroke:var(--surface);stroke-width:.7}
.land{fill:var(--land)}
.level1{fill:var(--l1)}.level2{fill:var(--l2)}.level3{fill:var(--l3)}.level4{fill:var(--l4)}.level5{fill:var(--l5)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;color:var(--faint);font-size:.9rem}
.legend li{display:flex;align-items:center;gap:6px}
.legend svg{width:14px;height:14px}
summary{cursor:pointer;color:var(--accent)}
@media (max-width:600px){.number{width:auto}th,td{padding-right:8px}svg text{font-size:26px}
.stacked thead{position:absolute;clip-path:inset(50%)}
.stacked tr{display:block;border-top:1px solid var(--line);padding:6px 0}
.stacked th[scope=row],.stacked td{display:block;border:0;padding:1px 0;text-align:left;width:auto}
.stacked th[scope=row]{font-weight:600}
.stacked td::before{content:attr(data-title) ": ";color:var(--faint)}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:11pt}main{max-width:none;padding:0}section,.tiles div{break-inside:auto;border-color:#bbb}
h2,h3,caption{break-after:avoid}tr,svg,.tiles div{break-inside:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
