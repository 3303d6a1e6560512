// What the scripts of the site find in a page: for the compiler, which looks for mistakes in them.
interface Window {
  site: Record<string, any>;
  catalogue: any[];
  descriptions: any[];
  names: any;
  trustedTypes?: any;
}
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface FormData {
  [Symbol.iterator](): FormDataIterator<[string, any]>;
}
interface ObjectConstructor {
  entries(of: any): [string, any][];
}
