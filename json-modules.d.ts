// A JSON module is unknown until it is parsed, like everything else that comes through the door.
declare module '*.json' {
  const value: unknown;
  export default value;
}
