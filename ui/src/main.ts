import "./compat";
import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import type { Host } from "./host/host";

declare const __RECORDED__: boolean;

async function chosenHost(): Promise<Host> {
  if (__RECORDED__) return (await import("./host/recorded/recorded")).recordedHost();
  return (await import("./host/tauri")).tauriHost();
}

const host = await chosenHost();
// Faults of the window reach the log of the app before anything else can go wrong.
window.addEventListener("error", (e) => void host.log(`window: ${e.message} (${e.filename}:${e.lineno})`).catch(() => undefined));
window.addEventListener("unhandledrejection", (e) => void host.log(`window: unhandled ${String(e.reason)}`).catch(() => undefined));

const target = document.getElementById("app");
if (target) mount(App, { target, props: { host } });
