import type { Mac } from "../../../core/device.ts";

/**
 * Prefixes of virtual machines. The registry does not have the first, and lists the others under companies that also make hardware,
 * or under names that few people know.
 */
const prefixes: readonly (readonly [string, string])[] = [
  ["52:54:00", "QEMU/KVM virtual machine"],
  ["08:00:27", "VirtualBox virtual machine"],
  ["00:15:5d", "Hyper-V virtual machine"],
  ["00:50:56", "VMware virtual machine"],
  ["00:0c:29", "VMware virtual machine"],
  ["00:16:3e", "Xen virtual machine"],
  ["bc:24:11", "Proxmox virtual machine"],
  ["00:1c:42", "Parallels virtual machine"],
];

export function virtualVendorOf(mac: Mac): string | undefined {
  return prefixes.find(([prefix]) => mac.startsWith(prefix))?.[1];
}
