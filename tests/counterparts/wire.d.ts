// The SDK's types as they are on the wire: its Decimal is a string in JSON.
import type Stripe from "stripe";

export type Wire<T> = T extends Stripe.Decimal
  ? string
  : T extends Array<infer Item>
    ? Array<Wire<Item>>
    : T extends object
      ? { [Field in keyof T]: Wire<T[Field]> }
      : T;
