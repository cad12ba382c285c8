import type { Service } from '../ports/north.ts';
import { api } from './api/index.ts';

/** Every way of being used. */
export const services: readonly Service[] = [api];
