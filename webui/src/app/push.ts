/** News by Web Push, where the browser and the box have it: alerts and missed calls, also while the page is closed. */
import { api, dataOf } from "../api";
import { language } from "../words/language";

/** Whether this browser can have it at all. */
export function canPush(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function own(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration();
  return (await worker?.pushManager.getSubscription()) ?? null;
}

/** Whether this browser gets news. */
export async function isSubscribed(): Promise<boolean> {
  const subscription = await own();
  if (subscription === null) return false;
  const { items } = dataOf(await api.GET("/me/push"));
  return items.some((one) => one.endpoint === subscription.endpoint);
}

/** Asks whoever sits here first; false: he does not want it. */
export async function subscribe(): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const { public_key: key } = dataOf(await api.GET("/me/push"));
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const body = { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "", language: language.value };
  await api.POST("/me/push", { body });
  return true;
}

export async function unsubscribe(): Promise<void> {
  const subscription = await own();
  if (subscription === null) return;
  const { items } = dataOf(await api.GET("/me/push"));
  const kept = items.find((one) => one.endpoint === subscription.endpoint);
  if (kept) await api.DELETE("/me/push/{push_id}", { params: { path: { push_id: kept.push_id } } });
  await subscription.unsubscribe();
}
