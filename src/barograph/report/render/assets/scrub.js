(()=>{for(const f of document.querySelectorAll("[data-say]")){
const d=f.dataset,say=d.say.split("|"),at=d.at.split(",").map(Number),r=f.querySelector("input"),o=f.querySelector("output"),box=f.querySelector(".scrub"),
p=d.plots.split(" ").map((t,i)=>{const[a,b,c,e]=t.split(",").map(Number),g=f.querySelectorAll("svg.plot")[i],l=document.createElementNS("http://www.w3.org/2000/svg","line");
l.setAttribute("class","cur");l.setAttribute("y1",c);l.setAttribute("y2",e);g.append(l);
const w=g.viewBox.baseVal.width;f.style.setProperty("--l"+i,100*a/w+"%");f.style.setProperty("--w"+i,100*(b-a)/w+"%");
const go=v=>{const q=g.getBoundingClientRect(),x=1000*((v.clientX-q.left)*w/q.width-a)/(b-a);let k=0;at.forEach((t,j)=>{if(Math.abs(t-x)<Math.abs(at[k]-x))k=j});r.value=k;move()};
g.addEventListener("pointermove",go);g.addEventListener("pointerdown",go);return[l,a,b]});
function show(){const k=+r.value;o.textContent=say[k];r.setAttribute("aria-valuetext",say[k]);for(const[l,a,b]of p){const x=a+(b-a)*at[k]/1000;l.setAttribute("x1",x);l.setAttribute("x2",x)}}
const move=()=>{f.classList.add("reading");show()};r.addEventListener("input",move);box.hidden=false;show()}})()
