// Findings as rows: the same grouping and order as the core's reports.

import type { Document, Finding, Status } from "../../bindings/document";
import type { Accepted } from "../../host/host";
import * as f from "../../shared/format";

export interface Row {
  /** Stable between runs: code, and system where it is heard on one. */
  key: string;
  /** Running number, the same wherever the finding is mentioned. */
  number: number;
  finding: Finding;
  /** The same fault on further systems. */
  others: Finding[];
  /** Time and band, short. */
  place: string;
  value: string;
  unit: string;
  limit: string | null;
  remedy: string | null;
}

export interface Group {
  title: string;
  where: "mix" | "master";
  rows: Row[];
}

const WEIGHT: Record<Status, number> = { fail: 4, warn: 3, note: 2, pass: 1, skipped: 0 };

export function keyOf(finding: { code: string; system?: string | null }): string {
  return finding.system ? `${finding.code}@${finding.system}` : finding.code;
}

function isAccepted(finding: Finding, accepted: Accepted[]): boolean {
  return accepted.some((a) => a.code === finding.code && (!a.system || a.system === finding.system));
}

/** A fault that is heard on several systems is one row: the worst of them, with the others. */
function onePerFault(found: Finding[]): [Finding, Finding[]][] {
  const out: [Finding, Finding[]][] = [];
  for (const finding of found) {
    const first = out.find(([one]) => finding.system && one.code === finding.code);
    if (first) first[1].push(finding);
    else out.push([finding, []]);
  }
  return out;
}

function placeOf(finding: Finding, others: Finding[], duration: number): string {
  let place = f.places(finding.time, duration);
  if (finding.band_hz) place += ` · ${f.band(finding.band_hz)}`;
  if (others.length > 0) place += ` · and ${f.count(others.length)} more system${others.length === 1 ? "" : "s"}`;
  return place;
}

/** Findings in two groups by where they are mended, what was accepted apart. */
export function groupsOf(doc: Document, accepted: Accepted[]): { groups: Group[]; accepted: Row[] } {
  let number = 0;
  const rowsOf = (found: Finding[]): Row[] => {
    const sorted = [...found].sort((a, b) => WEIGHT[b.status] - WEIGHT[a.status]);
    return onePerFault(sorted).map(([finding, others]) => {
      const [value, unit] = f.valueAndUnit(finding.code, finding.value, finding.unit);
      number += 1;
      return {
        key: keyOf(finding),
        number,
        finding,
        others,
        place: placeOf(finding, others, doc.input.duration_s),
        value,
        unit,
        limit: f.limitText(finding.code, finding.value, finding.limit, finding.unit, finding.lean),
        remedy: finding.fix?.text ?? null,
      };
    });
  };
  const open = doc.findings.filter((x) => !isAccepted(x, accepted));
  const mixTitle = doc.judgement.stage === "mix" ? "Back to the mix" : "Back to the mix or its master";
  const groups: Group[] = [
    { title: mixTitle, where: "mix", rows: rowsOf(open.filter((x) => x.where === "mix")) },
    { title: "Mastering can mend", where: "master", rows: rowsOf(open.filter((x) => x.where === "master")) },
  ];
  return { groups, accepted: rowsOf(doc.findings.filter((x) => isAccepted(x, accepted))) };
}

/** What the document was judged as and against. */
export function judgedText(doc: Document): string {
  const stage = doc.judgement.stage === "mix" ? "Judged as a mix for mastering" : "Judged as a finished master";
  const n = doc.comparison?.references.length ?? 0;
  const against = n === 0 ? "the neutral range" : n === 1 ? "one reference" : `${f.count(n)} references`;
  const systems = doc.translation?.systems.length ?? 0;
  return `${stage} · against ${against}${systems > 0 ? ` and ${systems} playback systems` : ""}`;
}

/** How many checks passed and how many could be judged. */
export function checkCounts(doc: Document): { passed: number; judged: number; skipped: number } {
  const passed = doc.checks.filter((c) => c.status === "pass").length;
  const skipped = doc.checks.filter((c) => c.status === "skipped").length;
  return { passed, judged: doc.checks.length - skipped, skipped };
}

/** A finding as a line of the note to whoever mixed it. */
export function noteLine(row: Row): string {
  const found = `${row.finding.title} (${row.place}): ${f.quantity(row.finding.code, row.finding.value, row.finding.unit)}`;
  const limit = row.limit ? `, ${row.limit}` : "";
  return row.remedy ? `${found}${limit}. ${row.remedy.replace(/\.$/, "")}.` : `${found}${limit}.`;
}

/** The note to the mixer, plain text. */
export function mixerNote(doc: Document, groups: Group[]): string {
  const mix = groups.find((g) => g.where === "mix")?.rows ?? [];
  const master = groups.find((g) => g.where === "master")?.rows ?? [];
  const faults = mix.filter((r) => r.finding.status === "fail");
  const lead =
    mix.length === 0
      ? "Nothing has to change in the mix."
      : faults.length > 0
        ? `Mend ${faults.length === 1 ? "this" : "these"} first: ${faults.map((r) => f.small(r.finding.title)).join("; ")}.`
        : "Nothing is broken. Worth a change before mastering:";
  const close = master.length > 0 ? `Leave to mastering: ${master.map((r) => f.small(r.finding.title)).join("; ")}.` : "";
  const name = doc.input.format.name;
  return [`${name}: ${doc.judgement.sentence}`, "", lead, ...mix.map((r, i) => `${i + 1}. ${noteLine(r)}`), close].filter((x, i) => i === 1 || x !== "").join("\n") + "\n";
}
