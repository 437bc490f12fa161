export default { title: "me" };
