// Must be the first import of main.ts. WebKitGTK reports navigator.language "C" where LANG is C or C.UTF-8; that is no
// language tag, so every Intl constructor that is given it throws, also inside libraries while they load: a blank window.

/** Whether Intl takes a language tag. */
export function isLanguageTag(tag: string): boolean {
  try {
    new Intl.NumberFormat(tag);
    return true;
  } catch {
    return false;
  }
}

/** Makes a navigator report English where what it reports is not a language tag. */
export function mendLanguage(target: Navigator): void {
  if (isLanguageTag(target.language)) return;
  Object.defineProperty(target, "language", { value: "en-US", configurable: true });
  Object.defineProperty(target, "languages", { value: ["en-US"], configurable: true });
}

if (typeof navigator !== "undefined") mendLanguage(navigator);
