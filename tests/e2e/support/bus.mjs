// A session bus of our own, on which nothing is but what a test puts there.

import { spawn } from "node:child_process";
import { said } from "./processes.mjs";
import { until } from "./webdriver.mjs";

/** Starts the bus; `env` is what programs need to find it. */
export async function startBus() {
  const child = spawn("dbus-daemon", ["--session", "--print-address", "--nofork", "--nopidfile"], { stdio: ["ignore", "pipe", "ignore"] });
  const { lines } = said(child);
  const address = await until("the bus says where it is", () => lines()[0]);
  return { env: { DBUS_SESSION_BUS_ADDRESS: address }, stop: () => child.kill("SIGTERM") };
}
