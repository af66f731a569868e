// A file of an archive that is not on this machine.

export interface FileThere {
  /** What messages call it. */
  readonly name: string;
  readonly bytes: number;
  /** Gives fewer bytes than asked for only at the end of the file. */
  read(from: number, bytes: number): Promise<Buffer>;
}
