declare const brand: unique symbol;

/** A value whose check is remembered by the type: made by one function, passed on without checks. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
