import { expect, test } from "vitest";
import { isLanguageTag, mendLanguage } from "../../src/compat";

test("C is no language tag, and Intl would throw on it", () => {
  expect(isLanguageTag("C")).toBe(false);
  expect(isLanguageTag("de-AT")).toBe(true);
});

test("a navigator that reports C is mended, one that reports a language is left alone", () => {
  const broken = { language: "C", languages: ["C"] } as unknown as Navigator;
  mendLanguage(broken);
  expect(broken.language).toBe("en-US");
  expect(() => new Intl.NumberFormat(broken.language)).not.toThrow();
  const german = { language: "de-AT", languages: ["de-AT"] } as unknown as Navigator;
  mendLanguage(german);
  expect(german.language).toBe("de-AT");
});
