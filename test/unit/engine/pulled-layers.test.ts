import { expect, test } from "vitest";
import { type PullMessage, pulledLayers } from "../../../src/engine/docker/pulled-layers.ts";

const downloading = (id: string, current: number, total: number): PullMessage => ({
  id,
  status: "Downloading",
  progressDetail: { current, total },
});

/** After each message: bytes, and layers. */
function told(messages: readonly PullMessage[]): readonly string[] {
  const layers = pulledLayers();
  return messages.map((message) => {
    const { doneBytes, totalBytes, layersDone, layers: count } = layers.after(message);
    return `${doneBytes}/${totalBytes} ${layersDone}/${count}`;
  });
}

test("a layer whose size is not told yet is as large as the others; one that was there before takes none", () => {
  expect(
    told([
      { id: "v2", status: "Pulling from shop" },
      { id: "a", status: "Pulling fs layer" },
      { id: "b", status: "Pulling fs layer" },
      { id: "c", status: "Already exists" },
      downloading("a", 10, 10),
      { id: "a", status: "Download complete" },
      downloading("b", 45, 90),
      { id: "b", status: "Verifying Checksum" },
      { id: "a", status: "Extracting", progressDetail: { current: 5, total: 1_000 } },
      { id: "a", status: "Pull complete" },
      { id: "b", status: "Pull complete" },
      { status: "Digest: sha256:1" },
    ]),
  ).toEqual([
    "0/0 0/0",
    "0/0 0/1",
    "0/0 0/2",
    "0/0 1/3",
    "10/20 1/3",
    "10/20 1/3",
    "55/100 1/3",
    "100/100 1/3",
    "100/100 1/3",
    "100/100 2/3",
    "100/100 3/3",
    "100/100 3/3",
  ]);
});

test("a download that begins anew begins with nothing; a layer that has no bytes is no reason to wait for any", () => {
  expect(
    told([
      downloading("a", 50, 100),
      { id: "a", status: "Retrying in 5 seconds" },
      downloading("a", 1, 100),
      { id: "b", status: "Pull complete" },
    ]),
  ).toEqual(["50/100 0/1", "50/100 0/1", "1/100 0/1", "1/100 1/2"]);
});
