import { Dot } from "../../ui";
import type { Device, Extension } from "./devices";
import { words } from "./words";

interface Props {
  extensions: readonly Extension[];
  devices: ReadonlyMap<string, Device>;
  chosen?: string | undefined;
  onChoose?: (id: string) => void;
}

/** Extensions with a light each; one can be chosen where there is something to be chosen for. */
export function PhoneList({ extensions, devices, chosen, onChoose }: Props) {
  return (
    <ul class="first_run-phones">
      {extensions.map((one) => (
        <li key={one.extension_id}>
          {onChoose === undefined
            ? <div class="first_run-phone"><Row extension={one} device={devices.get(one.extension_id)} /></div>
            : (
              <button type="button" class="first_run-phone" aria-pressed={chosen === one.extension_id} onClick={() => onChoose(one.extension_id)}>
                <Row extension={one} device={devices.get(one.extension_id)} />
              </button>
            )}
        </li>
      ))}
    </ul>
  );
}

function Row({ extension, device }: { extension: Extension; device: Device | undefined }) {
  const w = words();
  return (
    <>
      <span>{extension.number}</span>
      <span dir="auto" title={device?.user_agent ?? undefined}>{extension.name}</span>
      <span class="first_run-state" data-registered={device !== undefined}>
        <Dot {...(device ? { tone: "good" as const } : {})} />{device ? w.phones.registered : w.phones.notYet}
      </span>
    </>
  );
}
