/*
 * assets.h - style.css and script.js as literals, with the hashes that let a browser
 * use them.  Made from both by `make regen`.
 */
#ifndef ASSETS_H
#define ASSETS_H

/* clang-format off */
#define STYLE_HASH "sha256-Ypgfn3mIE+CB0KzTQqIopzJ44O6qJBPHLmA8EOFBp1E="
#define SCRIPT_HASH "sha256-V6BQZ6xHGnqG75JN7g8SKk6WSZaWruRFQvGLpLX94bA="
#define STYLE \
    ":root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--soft:#57606a;--line:#d0d7de;--box:#f6f8fa;--key:#0550ae;--str:#0a6b2d;--bad:#b3261e}\n" \
    "@media(prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117;--soft:#9198a1;--line:#3d444d;--box:#151b23;--key:#79c0ff;--str:#7ee787;--bad:#ff8a80}}\n" \
    "*{box-sizing:border-box}\n" \
    "body{margin:0 auto;max-width:64rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);overflow-wrap:anywhere}\n" \
    "h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:.25rem 0}\n" \
    "a{color:var(--key)}p{margin:.25rem 0}.soft{color:var(--soft)}.bad{color:var(--bad)}\n" \
    "input{width:100%;padding:.5rem;font:inherit;color:inherit;background:var(--box);border:1px solid var(--line);border-radius:.25rem}\n" \
    ".item{border:1px solid var(--line);border-radius:.25rem;padding:.5rem .75rem;margin:.75rem 0}\n" \
    ".scroll{overflow-x:auto;overflow-wrap:normal}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.2rem .5rem .2rem 0;border-bottom:1px solid var(--line)}\n" \
    "pre{margin:.5rem 0;padding:.5rem;background:var(--box);overflow-x:auto;font-size:.85rem;white-space:pre-wrap}\n" \
    "b.k{color:var(--key);font-weight:600}i.s{color:var(--str);font-style:normal}i.c{color:var(--soft)}\n" \
    "summary{cursor:pointer}.drawing svg{max-width:100%;height:auto}\n" \
    ".drawing text{fill:var(--fg)}.drawing polygon{fill:none;stroke:none}.drawing .node polygon{fill:var(--bg);stroke:var(--line)}.drawing .edge polygon{fill:var(--soft)}.drawing path{fill:none;stroke:var(--soft)}.drawing a:hover text{text-decoration:underline}\n" \
    "@media print{body{max-width:none}input{display:none}.item{break-inside:avoid}}\n"
#define SCRIPT \
    "var search=document.getElementById('search'),items=[].slice.call(document.querySelectorAll('.item')),found=document.getElementById('found');\n" \
    "function look(){var words=search.value.toLowerCase().split(/\\s+/),n=0;items.forEach(function(item){var text=item.textContent.toLowerCase(),hit=words.every(function(word){return text.indexOf(word)>=0});item.hidden=!hit;n+=hit});document.getElementById('around').hidden=!!search.value;found.textContent=search.value?n+' of '+items.length:''}\n" \
    "search.addEventListener('input',look);addEventListener('beforeprint',function(){document.querySelectorAll('details').forEach(function(d){d.open=true})});\n"
/* clang-format on */

#endif
