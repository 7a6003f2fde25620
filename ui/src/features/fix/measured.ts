// Before and after: the findings of the mix, and what the same checks say of the result.

import type { Check, Document, Finding, Status } from "../../bindings/document";

export interface Measured {
  code: string;
  system: string | null;
  title: string;
  unit: string;
  before: number | null;
  after: number | null;
  /** How the check of the result came out; skipped where it was not judged again. */
  status: Status;
  isNew: boolean;
}

const WEIGHT: Record<Status, number> = { fail: 0, warn: 1, note: 2, pass: 3, skipped: 4 };

function found(doc: Document, f: { code: string; system?: string | null }): Finding | undefined {
  return doc.findings.find((x) => x.code === f.code && (x.system ?? null) === (f.system ?? null));
}

/** Whether a document holds a measurement of the result. A match carries the input's own checks and the result's in its
 *  verification; a measured result carries the result's. */
export function measuredAfter(before: Document, after: Document): Measured[] {
  const isResult = after.checks.length > 0 && after.measurements.loudness.integrated !== before.measurements.loudness.integrated;
  const codes = after.verification;
  const out: Measured[] = [];
  const seen = new Set<string>();
  for (const f of before.findings) {
    if (f.system && seen.has(f.code)) continue;
    seen.add(f.code);
    const check: Check | undefined = isResult ? after.checks.find((c) => c.code === f.code) : undefined;
    const still = isResult ? found(after, f) : undefined;
    const mended = codes?.mended.includes(f.code) ?? false;
    const status: Status = still ? still.status : check ? (f.system ? (after.findings.find((x) => x.code === f.code)?.status ?? check.status) : check.status) : mended ? "pass" : codes ? f.status : "skipped";
    out.push({ code: f.code, system: f.system ?? null, title: f.title, unit: f.unit, before: f.value ?? null, after: still?.value ?? (check && !f.system ? (check.value ?? null) : null), status, isNew: false });
  }
  const added = isResult ? after.findings.filter((f) => !before.findings.some((b) => b.code === f.code)) : [];
  for (const f of added) {
    if (out.some((o) => o.code === f.code)) continue;
    out.push({ code: f.code, system: f.system ?? null, title: f.title, unit: f.unit, before: null, after: f.value ?? null, status: f.status, isNew: true });
  }
  return out.sort((a, b) => Number(b.isNew) - Number(a.isNew) || WEIGHT[a.status] - WEIGHT[b.status]);
}
