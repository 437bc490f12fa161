/** Never run: shows the compiler that the client is typed. A line that is expected to be wrong and is not fails the build. */
import type { Api } from "./client";

export async function whatTheCompilerKnows(api: Api): Promise<void> {
  const { data } = await api.GET("/accounts/{account_id}/extensions", {
    params: { path: { account_id: "a" }, query: { limit: 10 } },
  });
  const number: string | undefined = data?.items[0]?.number;
  void number;

  // @ts-expect-error there is no such path
  await api.GET("/nowhere");
  // @ts-expect-error the account is missing
  await api.GET("/accounts/{account_id}/extensions", { params: {} });
  // @ts-expect-error a number is text: leading zeros count
  await api.POST("/accounts/{account_id}/extensions", { params: { path: { account_id: "a" } }, body: { number: 1001, name: "x" } });
  // @ts-expect-error there is no such field
  await api.PUT("/settings/security", { body: { second_factor_for: [], other: true } });
  // @ts-expect-error there is no such method here
  await api.DELETE("/system/info");
}
