// The window's keyboard. Single keys never fire while something is typed, and can be switched off; keys that a control
// under the focus uses itself are stopped there before they reach this.

import type { App } from "../app.svelte";
import type { Listening } from "../listen/listen.svelte";
import { type Action, keyOfEvent } from "./actions";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** Whether the control under the focus takes this key as a press of itself. A control that was merely clicked leaves the
 *  space bar to the transport: whoever works with the mouse expects it to play. */
function pressesControl(e: KeyboardEvent, clicked: boolean): boolean {
  if (e.key !== "Enter" && e.key !== " ") return false;
  if (!(e.target instanceof HTMLElement) || (e.key === " " && clicked)) return false;
  return e.target.closest("button, a, summary") !== null;
}

export class Keyboard {
  #held: Action | null = null;
  /** The focus came by the pointer, not by the keyboard. */
  #clicked = false;

  constructor(
    readonly app: App,
    readonly listening: Listening,
    readonly actions: Action[],
  ) {}

  /** The action of a key, with the user's own keys in place of ours. */
  find(key: string): Action | undefined {
    const own = this.app.preferences?.keys ?? {};
    return this.actions.find((a) => (own[a.id] ? own[a.id] === key : a.keys.includes(key)));
  }

  #escape(): boolean {
    const { app, listening } = this;
    if (app.overlay) app.overlay = null;
    else if (app.cancel()) return true;
    else if (app.error && app.doc) app.error = null;
    else if (app.changes) app.changes = null;
    else if (listening.solo) listening.setSolo(null);
    else if (listening.loop) listening.setLoop(null);
    else if (app.toast) app.toast = null;
    else return false;
    return true;
  }

  down = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (e.key === "Escape") {
      if (this.#escape()) e.preventDefault();
      return;
    }
    if (e.key === "Tab") this.#clicked = false;
    const key = keyOfEvent(e);
    const withControl = e.ctrlKey || e.metaKey;
    if (!withControl && (isTyping(e.target) || this.app.overlay || pressesControl(e, this.#clicked))) return;
    const action = this.find(key);
    if (!action || !action.enabled()) return;
    if (action.single && this.app.preferences?.single_keys === false) return;
    e.preventDefault();
    if (e.repeat && (action.release || action.id === "play")) return;
    if (action.release) this.#held = action;
    action.run();
  };

  up = (e: KeyboardEvent): void => {
    // A button acts on the release of the space bar: not where its press went to the transport.
    if (e.key === " " && this.#clicked && !isTyping(e.target)) e.preventDefault();
    this.release();
  };

  pointer = (): void => {
    this.#clicked = true;
  };

  release = (): void => {
    this.#held?.release?.();
    this.#held = null;
  };
}
