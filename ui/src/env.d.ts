/** True in development and in the build on made-up data, false in what is shipped. */
declare const __FAKE_ALLOWED__: boolean;
