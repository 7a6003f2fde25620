import { expect, test } from "vitest";
import { checkCounts, groupsOf, judgedText, keyOf } from "../../src/features/check/rows";
import { mix } from "./recorded";

const doc = mix.check;

test("a fault on several systems is one row that counts the others", () => {
  const rows = groupsOf(doc, []).groups.flatMap((g) => g.rows);
  const seen = rows.filter((r) => r.finding.system);
  expect(new Set(seen.map((r) => r.finding.code)).size).toBe(seen.length);
  const shown = rows.reduce((n, r) => n + 1 + r.others.length, 0);
  expect(shown).toBe(doc.findings.length);
});

test("faults stand above warnings, and rows are numbered through", () => {
  const rows = groupsOf(doc, []).groups.flatMap((g) => g.rows);
  expect(rows[0]?.finding.status).toBe("fail");
  expect(rows.map((r) => r.number)).toEqual(rows.map((_, i) => i + 1));
  expect(new Set(rows.map((r) => r.key)).size).toBe(rows.length);
});

test("what is accepted leaves the list and is kept apart", () => {
  const before = groupsOf(doc, []);
  const code = "glitch.click";
  const after = groupsOf(doc, [{ code, system: null }]);
  expect(after.accepted.map((r) => r.finding.code)).toEqual([code]);
  expect(after.groups.flatMap((g) => g.rows).length).toBe(before.groups.flatMap((g) => g.rows).length - 1);
});

test("accepting a fault on one system leaves it on the others", () => {
  const found = doc.findings.filter((f) => f.system && doc.findings.filter((g) => g.code === f.code).length > 1);
  const [first] = found;
  if (!first) throw new Error("the recording has no fault on several systems");
  const { groups, accepted } = groupsOf(doc, [{ code: first.code, system: first.system }]);
  expect(accepted.map((r) => r.key)).toEqual([keyOf(first)]);
  expect(groups.flatMap((g) => g.rows).some((r) => r.finding.code === first.code)).toBe(true);
});

test("counts agree with what the core prints", () => {
  const { passed, judged, skipped } = checkCounts(doc);
  expect(mix.text).toContain(`${passed} of ${judged} checks hang true`);
  if (skipped > 0) expect(mix.text).toContain(`${skipped} could not be judged here`);
  expect(judgedText(doc)).toContain("against one reference and 18 playback systems");
});
