/** @module What can go wrong between "start a control plane" and a server that answers. */
import { CodedError } from '../../shared/errors/coded-error.ts';

/** Every way in which bringing or running the control plane fails. */
export type ControlPlaneErrorCode =
  | 'CONTROL_PLANE_BINARY_MISSING'
  | 'CONTROL_PLANE_BUILD_FAILED'
  | 'CONTROL_PLANE_DOWNLOAD_FAILED'
  | 'CONTROL_PLANE_CHECKSUM_MISMATCH'
  | 'CONTROL_PLANE_PORT_TAKEN'
  | 'CONTROL_PLANE_REQUEST_REFUSED'
  | 'CONTROL_PLANE_START_FAILED';

/** A failure of the test machinery, never of the code under test. */
export class ControlPlaneError extends CodedError<ControlPlaneErrorCode> {}
