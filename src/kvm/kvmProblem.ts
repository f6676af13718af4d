import { SimError } from '../base/index';
import { Kvm } from './kvm';

/** Why KVM cannot be used on this machine, in a few words for a user; null when it can be. */
export function kvmProblem(): string | null {
  let kvm: Kvm | undefined;
  try {
    kvm = new Kvm();
    kvm.createVM('a VM to try').dispose();
    return null;
  } catch (error) {
    if (error instanceof SimError) return error.message;
    throw error;
  } finally {
    kvm?.dispose();
  }
}
