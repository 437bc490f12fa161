export default { title: "extensions" };
