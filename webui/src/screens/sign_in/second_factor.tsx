import { enter, signOut } from "../../app/session";
import { Button } from "../../ui";
import { Alone } from "../credentials/alone";
import { SetUpSecondFactor } from "../credentials/second_factor";
import type { Given } from "./index";
import { words } from "./words";

/** The role demands it: nothing else goes before. */
export function SecondFactor({ given }: { given: Given | undefined }) {
  const w = words();
  return (
    <Alone title={w.factor.title} lead={w.factor.lead}>
      <SetUpSecondFactor password={given?.password} onDone={() => void enter()} />
      <div><Button kind="quiet" small onPress={() => void signOut()}>{w.elsewhere}</Button></div>
    </Alone>
  );
}
