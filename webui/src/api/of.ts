/** Short names for what the API sends and takes. */
import type { components } from "./schema";

export type Schemas = components["schemas"];
export type Of<Name extends keyof Schemas> = Schemas[Name];
