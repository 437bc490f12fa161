import { api, dataOf } from "../../api";
import { useAsk } from "../../app/ask";
import { useDevices } from "../../app/devices";
import { accounts, me } from "../../app/session";
import { common } from "../../words/common";
import { relative } from "../../words/format";
import { Badge, Card, Dot, Empty, Loaded, Pairs } from "../../ui";
import { words } from "./words";

interface Own {
  account_id: string;
  extension_id: string;
}

/** One's own extension, in each account where there is one. */
export function ExtensionPart() {
  const own = (me.value?.memberships ?? []).flatMap(({ account_id, extension_id }) => (extension_id == null ? [] : [{ account_id, extension_id }]));
  if (own.length === 0) return <Empty icon="extensions" title={words().extension.none} />;
  return <div class="grid">{own.map((one) => <One key={one.extension_id} own={one} />)}</div>;
}

function One({ own }: { own: Own }) {
  const w = words().extension;
  const asked = useAsk(() => api.GET("/accounts/{account_id}/extensions/{extension_id}", { params: { path: own } }).then(dataOf), [own.extension_id]);
  const toneOf = (status: "active" | "suspended") => (status === "active" ? "good" : "warn");
  const account = accounts.value.find((one) => one.account_id === own.account_id);
  return (
    <Loaded asked={asked}>
      {(extension) => (
        <Card title={w.title(extension.number)} actions={<Badge tone={toneOf(extension.status)}>{common().states[extension.status]}</Badge>}>
          <Pairs pairs={[
            [w.name, <span dir="auto">{extension.name}</span>], [w.account, account && <span dir="auto">{account.name}</span>],
            [w.callerId, extension.caller_id ?? undefined], [w.ringSeconds, extension.ring_seconds > 0 ? w.seconds(extension.ring_seconds) : undefined],
          ]} />
          <Devices own={own} />
        </Card>
      )}
    </Loaded>
  );
}

/** The phones that have registered for it. */
function Devices({ own }: { own: Own }) {
  const w = words().extension;
  const asked = useDevices(own.account_id, own.extension_id, 30);
  return (
    <>
      <h3>{w.devices}</h3>
      <Loaded asked={asked}>
        {(devices) => (devices.length === 0 ? <p class="soft">{w.noDevice}</p> : (
          <ul class="me-list">
            {devices.map((one) => (
              <li key={one.contact} class="me-row">
                <Dot tone={one.reachable ? "good" : "bad"} label={one.reachable ? w.reachable : w.unreachable} />
                <div class="me-row-text">
                  <span class="me-cut" dir="auto" title={one.user_agent ?? undefined}>{one.user_agent || w.phone}</span>
                  <span class="soft small">{one.remote_address} · {one.transport.toUpperCase()} · {w.until(relative(one.expires_at))}</span>
                </div>
              </li>
            ))}
          </ul>
        ))}
      </Loaded>
    </>
  );
}
