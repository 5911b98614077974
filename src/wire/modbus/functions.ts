/** One function of Modbus. */
export interface ModbusFunction {
  readonly name: string;
  /** The size of the data after the function code. */
  readonly bytes: number;
  /** `bytes` is the minimum. */
  readonly isMore?: boolean;
  readonly maxQuantity?: number;
}

/** MODBUS Application Protocol V1.1b3, section 6. */
export const functions: Readonly<Record<number, ModbusFunction>> = {
  1: { name: "read-coils", bytes: 4, maxQuantity: 2000 },
  2: { name: "read-discrete-inputs", bytes: 4, maxQuantity: 2000 },
  3: { name: "read-holding-registers", bytes: 4, maxQuantity: 125 },
  4: { name: "read-input-registers", bytes: 4, maxQuantity: 125 },
  5: { name: "write-single-coil", bytes: 4 },
  6: { name: "write-single-register", bytes: 4 },
  7: { name: "read-exception-status", bytes: 0 },
  8: { name: "diagnostics", bytes: 4, isMore: true },
  11: { name: "get-event-counter", bytes: 0 },
  12: { name: "get-event-log", bytes: 0 },
  15: { name: "write-multiple-coils", bytes: 6, isMore: true, maxQuantity: 1968 },
  16: { name: "write-multiple-registers", bytes: 7, isMore: true, maxQuantity: 123 },
  17: { name: "report-server-id", bytes: 0 },
  20: { name: "read-file-record", bytes: 8, isMore: true },
  21: { name: "write-file-record", bytes: 8, isMore: true },
  22: { name: "mask-write-register", bytes: 6 },
  23: { name: "read-write-multiple-registers", bytes: 11, isMore: true },
  24: { name: "read-fifo-queue", bytes: 2 },
  43: { name: "read-device-identification", bytes: 3 },
  // Schneider Electric, not in the specification: programs a controller.
  90: { name: "unity", bytes: 2, isMore: true },
};
