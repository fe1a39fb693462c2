/** Descriptors of the sections of a message (AMQP 1.0, part 3.2). */
export const HEADER = 0x70;
export const DELIVERY_ANNOTATIONS = 0x71;
export const MESSAGE_ANNOTATIONS = 0x72;
export const PROPERTIES = 0x73;
export const APPLICATION_PROPERTIES = 0x74;
export const DATA = 0x75;
export const AMQP_SEQUENCE = 0x76;
export const AMQP_VALUE = 0x77;
export const FOOTER = 0x78;

/** The longest time to live that the header can tell, in milliseconds (AMQP type uint). */
export const MAX_TTL_MS: number = 2 ** 32 - 1;
