/** An interface as it is typed: all text, until it is sent. */
import { linesOf, type Interface, type Ip, type NetworkConfig, type NetworkState } from "./box";

export interface DraftIp {
  mode: Ip["mode"];
  address: string;
  prefix: string;
  gateway: string;
}

export interface Draft {
  name: string;
  vlan: boolean;
  parent: string;
  vlanId: string;
  ipv4: DraftIp;
  ipv6: DraftIp;
  dns: string;
}

function ipDraft(ip: Ip, prefix: string): DraftIp {
  return { mode: ip.mode, address: ip.address ?? "", prefix: String(ip.prefix ?? prefix), gateway: ip.gateway ?? "" };
}

export function draftOf(one: Interface): Draft {
  return {
    name: one.name, vlan: one.vlan !== null, parent: one.vlan?.parent ?? "", vlanId: String(one.vlan?.id ?? ""), ipv4: ipDraft(one.ipv4, "24"),
    ipv6: ipDraft(one.ipv6, "64"), dns: one.dns.join("\n"),
  };
}

export function newDraft(name: string, parent?: string): Draft {
  return draftOf({ name, vlan: parent === undefined ? null : { parent, id: 100 }, ipv4: { mode: "dhcp" }, ipv6: { mode: "auto" }, dns: [] });
}

/** What is kept; where nothing is, the interfaces that have an address, as the image sets them up. */
export function draftsOf({ config, addresses }: NetworkState): Draft[] {
  if (config.interfaces.length > 0) return config.interfaces.map(draftOf);
  return [...new Set(addresses.map((one) => one.interface))].map((name) => newDraft(name));
}

function ipOf(draft: DraftIp): Ip {
  if (draft.mode !== "static") return { mode: draft.mode };
  const gateway = draft.gateway.trim();
  return { mode: "static", address: draft.address.trim(), prefix: Number(draft.prefix), ...(gateway === "" ? {} : { gateway }) };
}

export function configOf(drafts: readonly Draft[]): NetworkConfig {
  return {
    interfaces: drafts.map((one) => ({
      name: one.name.trim(), vlan: one.vlan ? { parent: one.parent, id: Number(one.vlanId) } : null,
      ipv4: ipOf(one.ipv4), ipv6: ipOf(one.ipv6), dns: linesOf(one.dns),
    })),
  };
}
