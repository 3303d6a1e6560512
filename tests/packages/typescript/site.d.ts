// What the scripts of the site find in a page, for the compiler that looks for mistakes in them.
interface Window {
  site: { store: any; make(tag: string, facts?: object, text?: string): any; [name: string]: any };
  catalogue: any[];
  descriptions: any[];
  trustedTypes?: any;
}
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
