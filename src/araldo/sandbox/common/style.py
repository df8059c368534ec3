"""The style sheet of the sandbox's own pages."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#f0f2f5;--card:#fff;--ink:#1c1e21;--dim:#65676b;--line:#0000001a;--blue:#0a5bd3;
--shade:0 1px 2px #0002,0 6px 18px #0000000f;--ring:linear-gradient(45deg,#f9a03f,#e1306c 55%,#833ab4)}
@media(prefers-color-scheme:dark){:root{--ground:#18191a;--card:#242526;--ink:#e4e6eb;--dim:#b0b3b8;--line:#ffffff1f;
--blue:#6ea8fe}}
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
body{margin:0;font:16px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--ground);color:var(--ink)}
a{color:inherit;text-decoration:none}img{display:block;max-width:100%}:focus-visible{outline:3px solid var(--blue);
outline-offset:2px}
.top{position:sticky;top:0;z-index:2;display:flex;gap:.7rem;align-items:baseline;padding:.75rem 1.25rem;
background:var(--card);border-bottom:1px solid var(--line)}
.top a{font-weight:800;font-size:1.15rem;letter-spacing:-.02em}.top span{color:var(--dim);font-size:.9rem}
.services{display:flex;gap:1.2rem}.services a{color:var(--blue);font-weight:650}
main{max-width:69rem;margin:0 auto;padding:1.5rem 1rem 4rem;display:grid;gap:2.5rem}
.brand{display:grid;gap:1.5rem;grid-template-columns:minmax(0,1fr) minmax(0,1fr);align-items:start}
@media(max-width:56rem){.brand{grid-template-columns:minmax(0,1fr)}}
.wall,.profile,article,.sheet{background:var(--card);border-radius:14px;box-shadow:var(--shade)}
.place{display:grid;gap:1rem}
.face{width:40px;height:40px;border-radius:50%;flex:none;object-fit:cover}
.wall,.profile{overflow:hidden}.cover{height:7.5rem;background:linear-gradient(120deg,#0a5bd3,#6f3fd1 60%,#d2437f)}
.who{display:flex;gap:.9rem;align-items:center;padding:1rem 1.1rem}.who h2{margin:0;font-size:1.25rem;line-height:1.2}
.who small{display:block;color:var(--dim);font-size:.9rem}
.wall .who{align-items:end;margin-top:-2.4rem}.wall .face{width:84px;height:84px;border:4px solid var(--card)}
.profile .face{width:76px;height:76px}
.face.ring{padding:3px;background:var(--ring)}
.reel{display:flex;gap:.7rem;overflow-x:auto;padding:.2rem .2rem .5rem}
.profile .reel{padding:0 1.1rem 1rem}
.reel a{position:relative;flex:none;width:6.6rem;aspect-ratio:9/16;border-radius:12px;overflow:hidden;background:#000}
.reel img{width:100%;height:100%;object-fit:cover}.reel .face{position:absolute;top:8px;left:8px;width:34px;height:34px;
padding:2px;background:var(--ring);border-radius:50%}
article{overflow:hidden}article .by{display:flex;gap:.65rem;align-items:center;padding:.85rem 1rem .6rem}
article .by strong{display:block;line-height:1.2}time{color:var(--dim);font-size:.83rem}
.words{margin:0;padding:0 1rem .85rem;white-space:pre-wrap;overflow-wrap:anywhere}.words b,.words a{color:var(--blue);
font-weight:400}.words a:hover{text-decoration:underline}
.photos{display:grid;gap:3px;background:var(--line)}.photos img{width:100%;height:100%;object-fit:cover}
.photos.many{grid-template-columns:1fr 1fr}.photos.many img{aspect-ratio:1}
.photos.odd img:first-child{grid-column:1/-1;aspect-ratio:2}
.link{display:block;padding:.8rem 1rem;background:var(--ground);border-top:1px solid var(--line);overflow-wrap:anywhere}
.link small{display:block;color:var(--dim);text-transform:uppercase;font-size:.75rem}
.open{display:block;color:var(--dim);font-size:.85rem;padding:.6rem 1rem;border-top:1px solid var(--line)}
.comments{list-style:none;margin:0;padding:.3rem 0 .3rem 1rem;border-top:1px solid var(--line)}
.comments .comments{border:0}.comments .by{padding:.5rem 0 .2rem}.comments .face{width:28px;height:28px}
.comments .words{padding:0 1rem .4rem 0}.comments li>img{max-height:12rem;border-radius:10px}
.grid{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:3px}
.grid a{position:relative;aspect-ratio:1;overflow:hidden;background:var(--line)}
.grid img{width:100%;height:100%;object-fit:cover;transition:filter .15s}.grid a:hover img{filter:brightness(.85)}
.grid .count{position:absolute;top:7px;right:7px;background:#000a;color:#fff;border-radius:20px;padding:1px 8px;
font-size:.78rem}
.empty{color:var(--dim);margin:0;padding:1.2rem}
.one{max-width:36rem;margin:0 auto;width:100%}
.square{max-width:58rem;margin:0 auto;width:100%;display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr)}
.square .strip{display:flex;overflow-x:auto;scroll-snap-type:x mandatory;background:#000}
.square .strip img{flex:none;width:100%;scroll-snap-align:start;object-fit:contain;max-height:80vh;margin:auto}
@media(max-width:44rem){.square{grid-template-columns:minmax(0,1fr)}}
.full{background:#0b0b0c}.tale{position:relative;height:100vh;height:100dvh;display:grid;place-items:center;
overflow:hidden}.tale figure{position:relative;margin:0;height:100%;aspect-ratio:9/16;max-width:100vw;background:#000;
overflow:hidden}@media(min-width:44rem){.tale figure{height:94%;border-radius:16px}}
.tale figure>img{width:100%;height:100%;object-fit:contain}
.tale figcaption{position:absolute;inset:0 0 auto;padding:.7rem .8rem 2.5rem;color:#fff;
background:linear-gradient(#000a,#0000)}.tale i{display:block;height:3px;border-radius:2px;background:#fff;
margin-bottom:.7rem}.tale figcaption div{display:flex;gap:.6rem;align-items:center}.tale time{color:#fffc}
.tale .face{width:34px;height:34px}.tale strong{display:block;line-height:1.15}
.tale nav a{position:absolute;top:1rem;color:#fff;background:#fff3;border-radius:20px;padding:.35rem .9rem}
.tale nav .back{left:1rem}.tale nav .next{right:1rem}@media(max-width:44rem){.tale nav a{top:auto;bottom:1rem}}
.narrow main{max-width:30rem}.sheet{padding:1.6rem 1.7rem}.sheet h1{margin:0 0 .3rem;font-size:1.35rem}
.sheet .who{padding:0 0 .4rem}.sheet p{margin:.2rem 0;color:var(--dim)}fieldset{border:0;padding:0;margin:1.2rem 0 0}
legend{font-weight:700;padding:0 0 .3rem}.sheet label{display:flex;gap:.7rem;align-items:center;padding:.55rem .7rem;
border:1px solid var(--line);border-radius:10px;margin-top:.4rem;overflow-wrap:anywhere;cursor:pointer}
.sheet label .face{width:30px;height:30px}.sheet input{width:1.15rem;height:1.15rem;accent-color:var(--blue);flex:none}
.keys{display:flex;gap:.6rem;margin-top:1.4rem}button{flex:1;border:0;border-radius:10px;padding:.75rem 1rem;
font:inherit;font-weight:650;cursor:pointer;background:var(--line);color:inherit}
button[value=allow]{background:#0a5bd3;color:#fff}
"""
