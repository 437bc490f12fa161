import { useDevices } from "../../app/devices";
import { Badge, Card, Loaded, PlainTable } from "../../ui";
import { common } from "../../words/common";
import { dateTime, time } from "../../words/format";
import { words } from "./words";

/** What is shown of a device's own name for itself: anybody's text. */
const LONGEST = 300;

/** The phones that are registered now. */
export function DevicesCard({ account, extension }: { account: string; extension: string }) {
  const [w, c] = [words().devices, common()];
  const asked = useDevices(account, extension);
  return (
    <Card title={w.title}>
      <Loaded asked={asked}>
        {(devices) => devices.length === 0 ? <p class="soft">{w.none}</p> : (
          <PlainTable label={w.title} head={[w.agent, w.address, w.transport, w.state, w.until]} rows={devices.map((one) => ({
            key: `${one.contact} ${one.remote_address}`,
            cells: [
              <span class="extensions-agent" dir="auto" key="agent"
                title={one.user_agent?.slice(0, LONGEST)}>{one.user_agent?.slice(0, LONGEST) || c.states.none}</span>,
              <code key="from">{one.remote_address}</code>, one.transport.toUpperCase(),
              <Badge key="state" tone={one.reachable ? "good" : "warn"}>{one.reachable ? w.reachable : w.unreachable}</Badge>,
              <time key="until" dateTime={one.expires_at} title={dateTime(one.expires_at)}>{time(one.expires_at)}</time>,
            ],
          }))} />
        )}
      </Loaded>
    </Card>
  );
}
