// The standard's rules as html-validate knows them.
export default {
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    // Material's two check boxes say autocomplete="off", which keeps Firefox from opening the drawer again after a reload.
    "valid-autocomplete": "off",
  },
};
