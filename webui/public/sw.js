/**
 * The service worker: the page opens without the network, and says then that it is offline. Pages come from the box first, so that
 * an update of the box is seen at once; what lies in /assets/ never changes. Nothing of the API is ever kept.
 */
const SHELL = "shell-1";
const PAGE = "/index.html";
const KEPT = [PAGE, "/icon.svg", "/manifest.webmanifest"];
/** Chunks of versions that are gone: more than this are thrown away, the oldest first. */
const MOST = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => Promise.all((await caches.keys()).filter((name) => name !== SHELL).map((name) => caches.delete(name)));
  event.waitUntil(old().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || pathname.startsWith("/api/") || pathname === "/sip") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(event));
  else if (KEPT.includes(pathname)) event.respondWith(newest(request));
});

/** Keeps a copy beside the answer; where there is no room for it, the answer goes on all the same. */
function keep(event, name, answer) {
  const copy = answer.clone();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.put(name, copy)).then(thin).catch(() => undefined));
}

/** From the box; where it does not answer, the page as it was last. Only a page is kept as one. */
async function page(event) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
  if (answer.ok && answer.headers.get("content-type")?.startsWith("text/html")) keep(event, PAGE, answer);
  return answer;
}

async function newest(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}

/** Its name changes with its content: once is enough. */
async function asset(event) {
  const found = await caches.match(event.request);
  if (found) return found;
  const answer = await fetch(event.request);
  if (answer.ok) keep(event, event.request, answer);
  return answer;
}

async function thin() {
  const cache = await caches.open(SHELL);
  const all = (await cache.keys()).filter((one) => new URL(one.url).pathname.startsWith("/assets/"));
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
}

/** What the box pushes: {title, body, url, tag}. */
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    return;
  }
  const { title = "PABX", body = "", url = "/", tag } = told;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "/icon-192.png", data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only ways inside the page: a push cannot lead elsewhere.
  const told = new URL(event.notification.data?.url ?? "/", self.location.origin);
  const url = told.origin === self.location.origin ? told.href : self.location.origin;
  const show = async () => {
    const open = (await self.clients.matchAll({ type: "window" }))[0];
    if (!open) return self.clients.openWindow(url);
    await open.focus();
    return open.navigate(url);
  };
  event.waitUntil(show());
});
