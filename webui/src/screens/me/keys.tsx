import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { accounts } from "../../app/session";
import { common } from "../../words/common";
import { date, relative } from "../../words/format";
import { Button, Card, Confirm, Empty, Icon, IconButton, Loaded, toast } from "../../ui";
import { NewKey } from "./new_key";
import { permissionName } from "./permissions";
import { words } from "./words";

type Key = Of<"ApiKey">;

/** Keys for programs that act in one's name. */
export function KeysPart() {
  const w = words().keys;
  const asked = useAsk(() => api.GET("/api-keys").then(dataOf), []);
  const [making, setMaking] = useState(false);
  const [going, setGoing] = useState<Key | undefined>(undefined);
  const add = <Button kind="primary" icon="add" onPress={() => setMaking(true)}>{w.add}</Button>;
  const remove = async (api_key_id: string) => {
    await api.DELETE("/api-keys/{api_key_id}", { params: { path: { api_key_id } } });
    toast(common().states.deleted);
    asked.reload();
  };
  const made = () => {
    setMaking(false);
    asked.reload();
  };
  return (
    <>
      <Loaded asked={asked}>
        {({ items }) => (items.length === 0 ? <Empty icon="key" title={w.none} action={add}>{w.noneHint}</Empty> : (
          <Card title={w.title} actions={add}>
            <ul class="me-list">{items.map((one) => <li key={one.api_key_id}><Row apiKey={one} onDelete={() => setGoing(one)} /></li>)}</ul>
          </Card>
        ))}
      </Loaded>
      {making && <NewKey onDone={made} />}
      {going && (
        <Confirm title={w.deleteTitle} action={common().actions.delete} onConfirm={() => remove(going.api_key_id)} onClose={() => setGoing(undefined)}>
          <strong dir="auto">{going.name}</strong>: {w.deleteHint}
        </Confirm>
      )}
    </>
  );
}

function Row({ apiKey, onDelete }: { apiKey: Key; onDelete: () => void }) {
  const w = words().keys;
  const account = accounts.value.find((one) => one.account_id === apiKey.account_id);
  const ended = apiKey.expires_at != null && new Date(apiKey.expires_at).getTime() < Date.now();
  return (
    <div class="me-row">
      <Icon name="key" />
      <div class="me-row-text">
        <strong class="me-cut" dir="auto">{apiKey.name}</strong>
        <span class="small">{apiKey.permissions.map(permissionName).join(", ")}</span>
        <span class="soft small">
          <span dir="auto">{apiKey.account_id == null ? w.allAccounts : (account?.name ?? apiKey.account_id)}</span>
          {" · "}{apiKey.last_used_at ? w.lastUsed(relative(apiKey.last_used_at)) : w.neverUsed}
          {" · "}{apiKey.expires_at == null ? w.endless : ended ? w.ended(date(apiKey.expires_at)) : w.ends(date(apiKey.expires_at))}
        </span>
      </div>
      <IconButton name="delete" label={`${common().actions.delete}: ${apiKey.name}`} onPress={onDelete} />
    </div>
  );
}
