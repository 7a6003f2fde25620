// A sound card without a card: a PulseAudio server of our own with a null sink, which can be recorded.

import { spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execFileSync } from "node:child_process";
import { until } from "./webdriver.mjs";

const SINK = "plumbline";

/** Starts the server at this sample rate; `env` is what programs need to find it. */
export async function startSound(folder, rate) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const socket = join(folder, "native");
  const script = join(folder, "sink.pa");
  writeFileSync(
    script,
    `load-module module-native-protocol-unix socket=${socket}\n` +
      `load-module module-null-sink sink_name=${SINK} rate=${rate} channels=2 format=float32le\nset-default-sink ${SINK}\n`,
  );
  const env = { ...process.env, PULSE_RUNTIME_PATH: folder, PULSE_SERVER: `unix:${socket}`, XDG_CONFIG_HOME: folder };
  const log = openSync(join(folder, "pulse.log"), "a");
  const options = { env, stdio: ["ignore", log, log] };
  const server = spawn("pulseaudio", ["-n", "-F", script, "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"], options);
  await until("PulseAudio answers", () => execFileSync("pactl", ["info"], { env, stdio: "pipe" }));
  // Without a reader that asks for low latency the sink sleeps for about a second before it takes the first samples.
  const reader = spawn("parec", ["-d", `${SINK}.monitor`, "--latency-msec=20"], { env, stdio: ["ignore", "ignore", log] });
  reader.stdout?.resume();
  await sleep(2500);
  const recordings = [];
  return {
    env,
    /** Records what is played from now on; `stop` ends it and gives the samples, one array for each channel; if `timed`, in parts, each
     *  with the time (`at`, ms) at which it came. */
    record({ timed = false } = {}) {
      const name = ["-d", `${SINK}.monitor`, "--format=float32le", `--rate=${rate}`, "--channels=2", "--latency-msec=10", "--raw"];
      const child = spawn("parec", name, { env, stdio: ["ignore", "pipe", log] });
      const parts = [];
      child.stdout.on("data", (bytes) => parts.push({ at: Date.now(), bytes }));
      recordings.push(child);
      return {
        async stop() {
          child.kill("SIGTERM");
          await new Promise((resolve) => child.on("close", resolve));
          if (timed) return parts.map(({ at, bytes }) => ({ at, samples: channels(bytes) }));
          return channels(Buffer.concat(parts.map((p) => p.bytes)));
        },
      };
    },
    stop() {
      for (const child of [...recordings, reader, server]) child.kill("SIGTERM");
    },
  };
}

function channels(bytes) {
  const frames = Math.floor(bytes.length / 8);
  const out = [new Float32Array(frames), new Float32Array(frames)];
  for (let i = 0; i < frames; i++) {
    out[0][i] = bytes.readFloatLE(i * 8);
    out[1][i] = bytes.readFloatLE(i * 8 + 4);
  }
  return out;
}
