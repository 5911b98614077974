import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Address, ipv4FromNumber, parseAddress } from "./address.ts";
import { type ComparedSurvey, type Comparison, compareDevices } from "./compare-devices.ts";
import { type Mac, type Neighbour, parseMac } from "./device.ts";
import { maxAddresses } from "./device-store.ts";
import type { KnownDevice } from "./known-device.ts";
import { AddressSet, parseRange } from "./network.ts";

const policy = { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 };

function mac(last: number): Mac {
  return parseMac(`52:54:00:00:00:${last.toString(16)}`) ?? assert.fail();
}

function addressOf(last: number): Address {
  return last < 200 ? ipv4FromNumber(0xc0a83200 + last) : (parseAddress(`fd00::${last}`) ?? assert.fail());
}

/** The known devices after a survey. */
function after(known: ReadonlyMap<Mac, KnownDevice>, { changed }: Comparison): ReadonlyMap<Mac, KnownDevice> {
  return new Map([...known, ...changed.map((device): [Mac, KnownDevice] => [device.mac, device])]);
}

/** Few devices and few addresses, so that they often coincide. */
const neighbour = fc.record({
  device: fc.nat(5),
  address: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 200, max: 203 })),
});
const survey = fc.record({
  present: fc.array(neighbour, { maxLength: 12 }),
  probed: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }),
  elapsed: fc.integer({ min: 1, max: 600 }),
});

interface Step {
  readonly before: ReadonlyMap<Mac, KnownDevice>;
  readonly survey: ComparedSurvey;
  readonly outcome: Comparison;
}

function steps(
  surveys: readonly { present: { device: number; address: number }[]; probed: number[]; elapsed: number }[],
): Step[] {
  let known: ReadonlyMap<Mac, KnownDevice> = new Map();
  let at = 0;
  return surveys.map(({ present, probed, elapsed }) => {
    at += elapsed;
    const compared: ComparedSurvey = {
      at,
      present: present.map(
        ({ device, address }): Neighbour => ({ mac: mac(device), address: addressOf(address), link: "eth0" }),
      ),
      probed: probed.flatMap((last) => parseRange(addressOf(last)) ?? []),
      policy,
    };
    const outcome = compareDevices(known, compared);
    const step = { before: known, survey: compared, outcome };
    known = after(known, outcome);
    return step;
  });
}

function always(check: (step: Step) => void): void {
  fc.assert(
    fc.property(fc.array(survey, { maxLength: 12 }), (surveys) => {
      for (const step of steps(surveys)) check(step);
    }),
    { numRuns: 500 },
  );
}

describe("for any surveys", () => {
  test("a device is new if and only if it was unknown", () => {
    always(({ before, survey, outcome }) => {
      const unknown = new Set(survey.present.map((each) => each.mac).filter((each) => !before.has(each)));
      const reported = outcome.news.filter(({ kind }) => kind === "device-new").map((each) => each.mac);
      assert.deepEqual(reported.sort(), [...unknown].sort());
      assert.equal(outcome.unknown, unknown.size);
    });
  });

  test("a device that is gone answered nowhere and was probed where it was last found", () => {
    always(({ before, survey, outcome }) => {
      const probed = new AddressSet(survey.probed);
      for (const { kind, mac } of outcome.news) {
        if (kind !== "device-gone") continue;
        assert.ok(!survey.present.some((each) => each.mac === mac));
        assert.ok([...(before.get(mac)?.addresses.keys() ?? [])].some((address) => probed.has(address)));
      }
    });
  });

  test("a device that answered has its addresses, and a silent device keeps none of them", () => {
    always(({ before, survey, outcome }) => {
      const known = after(before, outcome);
      for (const { mac, address } of survey.present) {
        assert.equal(known.get(mac)?.addresses.get(address)?.isCurrent, true);
        for (const other of known.values()) {
          const isThere = survey.present.some((each) => each.mac === other.mac && each.address === address);
          if (!isThere) assert.notEqual(other.addresses.get(address)?.isCurrent, true);
        }
      }
    });
  });

  test("a repeated survey reports nothing", () => {
    always(({ before, survey, outcome }) => {
      const again = compareDevices(after(before, outcome), {
        ...survey,
        at: survey.at + 1,
        policy: { ...policy, goneAfter: 9 },
      });
      assert.deepEqual(
        again.news.filter(({ isQuiet }) => !isQuiet),
        [],
      );
    });
  });

  test("an address moves only to a device that answered for it, from one that is present", () => {
    always(({ survey, outcome }) => {
      for (const { kind, mac, detail = "" } of outcome.news) {
        if (kind !== "address-moved") continue;
        assert.ok(survey.present.some((each) => each.mac === mac));
        const named = new Set(survey.present.map((each) => each.mac).filter((each) => detail.includes(each)));
        assert.ok(named.size >= 2, detail);
      }
    });
  });
});

test("a device with more addresses than are stored keeps its first ones", () => {
  const present = (count: number) =>
    Array.from(
      { length: count },
      (_, index): Neighbour => ({ mac: mac(1), address: addressOf(index + 1), link: "eth0" }),
    );
  const first = compareDevices(new Map(), { at: 1, present: present(3), probed: [], policy });
  const known = after(new Map(), first);
  const second = compareDevices(known, { at: 2, present: present(150), probed: [], policy });
  const addresses = [...(second.changed[0]?.addresses.keys() ?? [])];
  assert.equal(addresses.length, maxAddresses);
  assert.deepEqual(
    addresses.slice(0, 3),
    present(3).map((each) => each.address),
  );
});
