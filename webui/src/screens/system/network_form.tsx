import { api } from "../../api";
import { AreaField, Button, Card, Form, SelectField, TextField, useForm } from "../../ui";
import { common } from "../../words/common";
import type { Ip, NetworkState } from "./box";
import { configOf, draftsOf, newDraft, type Draft, type DraftIp } from "./network_drafts";
import { words } from "./words";

/** The network to be: it is tried for a minute before it counts. */
export function NetworkForm({ found, reload }: { found: NetworkState; reload: () => void }) {
  const w = words();
  const form = useForm({ interfaces: draftsOf(found) }, async ({ interfaces }) => {
    await api.PUT("/system/network", { body: configOf(interfaces) });
    reload();
  });
  const { interfaces } = form.values;
  const change = (index: number, to: Partial<Draft>) => form.set({ interfaces: interfaces.map((one, place) => (place === index ? { ...one, ...to } : one)) });
  const drop = (index: number) => form.set({ interfaces: interfaces.filter((_, place) => place !== index) });
  const parents = interfaces.filter((one) => !one.vlan).map((one) => one.name);
  const add = () => form.set({ interfaces: [...interfaces, newDraft("", parents[0] ?? "")] });
  return (
    <Card title={w.network.set}>
      <p class="soft">{found.config.interfaces.length === 0 ? w.network.byDefault : w.network.hint}</p>
      <Form form={form} action={w.network.apply} more={parents.length > 0 && <Button kind="quiet" icon="add" onPress={add}>{w.network.addVlan}</Button>}>
        {interfaces.map((one, index) => (
          <fieldset class="system-interface" key={index}>
            <legend>{one.name || w.network.newVlan}</legend>
            {one.vlan && <VlanFields draft={one} parents={parents} onChange={(to) => change(index, to)} />}
            <IpFields label="IPv4" modes={["dhcp", "static", "off"]} ip={one.ipv4}
              name={`interfaces[${index}].ipv4`} onChange={(ipv4) => change(index, { ipv4 })} />
            <IpFields label="IPv6" modes={["auto", "static", "off"]} ip={one.ipv6}
              name={`interfaces[${index}].ipv6`} onChange={(ipv6) => change(index, { ipv6 })} />
            <AreaField name={`interfaces[${index}].dns`} rows={2} mono label={w.network.dns} hint={w.network.dnsHint} value={one.dns}
              error={form.errors[`interfaces[${index}].dns`]} onValue={(dns) => change(index, { dns })} />
            {one.vlan && <div><Button small kind="danger" icon="delete" onPress={() => drop(index)}>{common().actions.remove}</Button></div>}
          </fieldset>
        ))}
      </Form>
    </Card>
  );
}

function VlanFields({ draft, parents, onChange }: { draft: Draft; parents: readonly string[]; onChange: (to: Partial<Draft>) => void }) {
  const w = words();
  return (
    <div class="form-pair">
      <TextField name="name" label={w.network.name} value={draft.name} maxLength={15} onValue={(name) => onChange({ name })} />
      <SelectField name="parent" label={w.network.parent} value={draft.parent} onValue={(parent) => onChange({ parent })}
        options={parents.map((one) => ({ value: one, label: one }))} />
      <TextField name="id" type="number" min={1} max={4094} label={w.network.vlan} value={draft.vlanId} onValue={(vlanId) => onChange({ vlanId })} />
    </div>
  );
}

interface IpProps {
  label: string;
  modes: readonly Ip["mode"][];
  ip: DraftIp;
  name: string;
  onChange: (ip: DraftIp) => void;
}

function IpFields({ label, modes, ip, name, onChange }: IpProps) {
  const w = words();
  const field = (part: "address" | "prefix" | "gateway") => ({
    name: `${name}.${part}`, value: ip[part], onValue: (value: string) => onChange({ ...ip, [part]: value }),
  });
  return (
    <>
      <SelectField name={`${name}.mode`} label={label} value={ip.mode} options={modes.map((one) => ({ value: one, label: w.network.modes[one] }))}
        onValue={(value) => onChange({ ...ip, mode: modes.find((one) => one === value) ?? ip.mode })} />
      {ip.mode === "static" && (
        <div class="form-pair">
          <TextField {...field("address")} mono label={w.network.address} />
          <TextField {...field("prefix")} type="number" min={1} max={127} label={w.network.prefix} />
          <TextField {...field("gateway")} mono label={w.network.gateway} required={false} />
        </div>
      )}
    </>
  );
}
