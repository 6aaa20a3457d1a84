var search=document.getElementById('search'),items=[].slice.call(document.querySelectorAll('.item')),found=document.getElementById('found');
function look(){var words=search.value.toLowerCase().split(/\s+/),n=0;items.forEach(function(item){var text=item.textContent.toLowerCase(),hit=words.every(function(word){return text.indexOf(word)>=0});item.hidden=!hit;n+=hit});found.textContent=search.value?n+' of '+items.length:''}
search.addEventListener('input',look);addEventListener('beforeprint',function(){document.querySelectorAll('details').forEach(function(d){d.open=true})});
