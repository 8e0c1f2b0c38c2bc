import { chromium } from 'playwright-core';
// args: name=url@width[@dark] ...
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
for(const a of process.argv.slice(2)){ const [name,url,w,dark,full,act]=a.split('|'); const c=await b.newContext({viewport:{width:+w,height:+w<500?844:900},colorScheme:dark==='dark'?'dark':'light'}); const p=await c.newPage(); p.on('console',m=>{if(m.type()==='error')console.log(name,'console',m.text())}); p.on('pageerror',e=>console.log(name,'error',e.message)); await p.goto(url); if(act) await p.evaluate(act); await p.waitForTimeout(700); const cls=await p.evaluate(()=>new Promise(d=>{let s=0;new PerformanceObserver(l=>{for(const e of l.getEntries())if(!e.hadRecentInput)s+=e.value;}).observe({type:'layout-shift',buffered:true});setTimeout(()=>d(s),200)})); console.log(name,'cls',cls.toFixed(3)); await p.screenshot({path:`/tmp/f/${name}.png`,fullPage:full==='full'}); await c.close();}
await b.close();
