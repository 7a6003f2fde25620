// The one App and Listening of the window, handed down through Svelte's context.

import { getContext, setContext } from "svelte";
import type { App } from "./app.svelte";
import type { Listening } from "./listen/listen.svelte";

const KEY = Symbol("plumbline");

export function provide(app: App, listening: Listening): void {
  setContext(KEY, { app, listening });
}

export function useApp(): App {
  return getContext<{ app: App }>(KEY).app;
}

export function useListening(): Listening {
  return getContext<{ listening: Listening }>(KEY).listening;
}
